"""Log-probs of completions, as ms-swift's trainer and the plugin make them: one forward of the whole sequence, logits
of the completion's positions alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from oppo_swift.model_facts import last_positions_only, logits_layer


@dataclass(frozen=True)
class Forward:
    """log_probs [rows, completion], nats. states [rows, completion, H]: what the logits were made of."""

    log_probs: torch.Tensor
    states: torch.Tensor


def logits_of(model: Any, inputs: dict[str, Any], completion: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits [rows, completion, vocabulary] of the positions that predict the completion's tokens, and the states
    [rows, completion, H] they were made of.
    """
    with last_positions_only(logits_layer(model), completion + 1) as states:
        logits = model(**inputs, use_cache=False).logits
    return logits[:, :-1], states[-1][:, :-1]


def forward(model: Any, inputs: dict[str, Any], completion: int, dtype: torch.dtype) -> Forward:
    """dtype: of logits and log-softmax: bfloat16 as under DeepSpeed, which leaves the model's output alone; float32 as
    under accelerate's autocast, which converts it.
    """
    logits, states = logits_of(model, inputs, completion)
    return Forward(selected(logits.to(dtype), inputs["input_ids"][:, -completion:]), states)


def head_of(model: Any, states: torch.Tensor) -> torch.Tensor:
    """Logits of some states."""
    layer = logits_layer(model)
    return layer(states.to(layer.weight.dtype))


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
