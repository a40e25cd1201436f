"""Log-probs of completions, as ms-swift's trainer and the plugin make them: one forward of the whole sequence, logits
of the completion's positions alone.
"""

from __future__ import annotations

from typing import Any

import torch
from oppo_swift.model_facts import last_positions_only, logits_layer


def logits_of(model: Any, inputs: dict[str, Any], completion: int) -> torch.Tensor:
    """[rows, completion, vocabulary], of the positions that predict the completion's tokens."""
    with last_positions_only(logits_layer(model), completion + 1):
        return model(**inputs, use_cache=False).logits[:, :-1]


def log_probs(model: Any, inputs: dict[str, Any], completion: int, dtype: torch.dtype) -> torch.Tensor:
    """[rows, completion], nats. dtype: of logits and log-softmax: bfloat16 as under DeepSpeed, which leaves the model's
    output alone; float32 as under accelerate's autocast, which converts it.
    """
    logits = logits_of(model, inputs, completion).to(dtype)
    return selected(logits, inputs["input_ids"][:, -completion:])


def selected(logits: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """log softmax of logits [rows, T, V] at ids [rows, T], a row at a time to save memory. As trl does it: through
    log-sum-exp in float32, through the whole log-softmax in bfloat16, where the former is unstable.
    """
    chosen = ids.unsqueeze(-1)
    if logits.dtype == torch.float32:
        sums = torch.stack([row.logsumexp(-1) for row in logits])
        return logits.gather(-1, chosen).squeeze(-1) - sums
    rows = [row.log_softmax(-1).gather(-1, own) for row, own in zip(logits, chosen, strict=True)]
    return torch.stack(rows).squeeze(-1)
