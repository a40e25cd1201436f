"""Memory by arithmetic, to stand beside what was measured and in its place where no GPU was at hand."""

from __future__ import annotations

from oppo_swift.loss.options import masked_pass_learns

from .contenders import Contender
from .sizes import Size

GB = 1e9
# An adapter's number: itself, its gradient and Adam's two moments, float32.
BYTES_PER_ADAPTER = 16
# Of logits' size, while a pass goes back through its log-softmax: gradients of picked log-probs, of logits, of slices.
GRADIENTS_OF_LOGITS = 3
# Not derived: a layer's activations and gradients while it is recomputed (hidden states, four of the MLP's inner
# width, norms in float32: 2 GB at 7b), encoders, media and libraries' workspace.
ALLOWANCE_GB = {"7b": 4.0, "tiny": 0.0}


def graphs(contender: Contender) -> int:
    """Passes that are kept for the backward pass at once."""
    if contender.loss is None or not masked_pass_learns(contender.loss):
        return 1
    return 1 + contender.passes()


def estimate(size: Size, contender: Contender, parameters: int, learning: int, logits_bytes: int) -> dict[str, float]:
    """GB by what takes them. parameters: of the frozen model, in two bytes each. With gradient checkpointing."""
    tokens = size.rows * (size.prompt + size.completion)
    layer_input = tokens * size.text["hidden_size"] * 2
    logits = size.rows * size.completion * size.text["vocab_size"] * logits_bytes
    kept = graphs(contender)
    return {
        "weights": parameters * 2 / GB,
        "adapters": learning * BYTES_PER_ADAPTER / GB,
        "checkpoints": kept * size.text["num_hidden_layers"] * layer_input / GB,
        "logits": (kept + GRADIENTS_OF_LOGITS) * logits / GB,
        "allowance": ALLOWANCE_GB[size.name],
    }
