"""How far bfloat16 moves log-probs, against the same weights in float32, and what that does to ratios and drops."""

from __future__ import annotations

from typing import Any

import torch
from oppo_swift.passes import hidden_inputs

from .contenders import Contender
from .policy import logits_of, selected
from .step import EPSILON, World, passes_of

ROUTES = {
    "logits and log-softmax in bfloat16 (DeepSpeed)": torch.bfloat16,
    "logits in bfloat16, log-softmax in float32 (autocast)": torch.float32,
}


def compare(world: World, contender: Contender) -> dict[str, Any]:
    """The report's section. contender: whose masked passes are looked at. Turns the model into float32, for good.

    Tokens: the completions' own, and the likeliest at each position, where log-probs are nearer to 0 and bfloat16's
    steps are finer.
    """
    streams = {"full": world.inputs}
    for own in passes_of(world, contender):
        streams[next(iter(own.streams.values()))] = hidden_inputs(world.inputs, own, world.fills)
    low = {name: everything(world, inputs, tuple(ROUTES.values())) for name, inputs in streams.items()}
    likeliest = low["full"]["likeliest"]
    world.model.float()
    exact = {name: everything(world, inputs, (torch.float32,), likeliest) for name, inputs in streams.items()}
    return {
        name: {
            "own tokens": differences(low["full"][dtype], exact["full"][torch.float32]),
            "likeliest tokens": differences(low["full"][dtype, "likeliest"], exact["full"][torch.float32, "likeliest"]),
            "drops": {
                stream: drops(low, exact, stream, dtype) for stream in streams if stream != "full"
            },
        }
        for name, dtype in ROUTES.items()
    }


@torch.no_grad()
def everything(
    world: World, inputs: dict[str, Any], dtypes: tuple[torch.dtype, ...], likeliest: torch.Tensor | None = None
) -> dict[Any, torch.Tensor]:
    """Log-probs by route, of the completions and of the likeliest tokens (key: route, "likeliest"), on the CPU."""
    length = world.size.completion
    logits, _ = logits_of(world.model, inputs, length)
    ids = inputs["input_ids"][:, -length:]
    top = logits.argmax(-1) if likeliest is None else likeliest.to(ids.device)
    found: dict[Any, torch.Tensor] = {"likeliest": top.cpu()}
    for dtype in dtypes:
        cast = logits.to(dtype)
        found[dtype] = selected(cast, ids).float().cpu()
        found[dtype, "likeliest"] = selected(cast, top).float().cpu()
    return found


def differences(low: torch.Tensor, exact: torch.Tensor) -> dict[str, float]:
    """Of log-probs l, and of the ratio exp(l - l_float32): what a ratio would be if one side were rounded so and the
    other not at all. clipped: share of tokens whose ratio would leave the trust region by rounding alone.
    """
    gap = low - exact
    ratio = gap.exp()
    return {
        "log_prob_mean": float(exact.mean()),
        "difference_max": float(gap.abs().max()),
        "difference_mean": float(gap.abs().mean()),
        "ratio_min": float(ratio.min()),
        "ratio_max": float(ratio.max()),
        "ratio_error_mean": float((ratio - 1).abs().mean()),
        "clipped": float(((ratio < 1 - EPSILON) | (ratio > 1 + EPSILON)).float().mean()),
    }


def drops(low: Any, exact: Any, stream: str, dtype: torch.dtype) -> dict[str, float]:
    """Of the change of log-prob when a stream is hidden, which is what the loss reads."""
    rounded = low["full"][dtype] - low[stream][dtype]
    true = exact["full"][torch.float32] - exact[stream][torch.float32]
    return {
        "drop_mean": float(true.abs().mean()),
        "difference_max": float((rounded - true).abs().max()),
        "difference_mean": float((rounded - true).abs().mean()),
    }
