"""How far bfloat16 moves log-probs, against the same weights in float32, and what that does to ratios and drops."""

from __future__ import annotations

from typing import Any

import torch
from oppo_swift.loss.sample import Rows
from oppo_swift.loss.whole import whole_kl
from oppo_swift.passes import hidden_inputs

from .contenders import Contender
from .policy import head_of, logits_of, selected
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
    low_kl = divergences(world, low)
    likeliest = low["full"]["likeliest"]
    world.model.float()
    exact = {name: everything(world, inputs, (torch.float32,), likeliest) for name, inputs in streams.items()}
    exact_kl = divergences(world, exact)
    found: dict[str, Any] = {"divergences": {stream: moved(low_kl[stream], exact_kl[stream]) for stream in low_kl}}
    routes = {
        name: {
            "own tokens": differences(low["full"][dtype], exact["full"][torch.float32]),
            "likeliest tokens": differences(low["full"][dtype, "likeliest"], exact["full"][torch.float32, "likeliest"]),
            "drops": {stream: drops(low, exact, stream, dtype) for stream in low_kl},
        }
        for name, dtype in ROUTES.items()
    }
    return {**found, "routes": routes}


@torch.no_grad()
def everything(
    world: World, inputs: dict[str, Any], dtypes: tuple[torch.dtype, ...], likeliest: torch.Tensor | None = None
) -> dict[Any, torch.Tensor]:
    """Log-probs by route, of the completions and of the likeliest tokens (key: route, "likeliest"), on the CPU; the
    states they were made of, where they are.
    """
    length = world.size.completion
    logits, states = logits_of(world.model, inputs, length)
    ids = inputs["input_ids"][:, -length:]
    top = logits.argmax(-1) if likeliest is None else likeliest.to(ids.device)
    found: dict[Any, torch.Tensor] = {"likeliest": top.cpu(), "states": states}
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


@torch.no_grad()
def divergences(world: World, passes: dict[str, dict[Any, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """KL over the vocabulary at every token of the completions, by hidden stream, on the CPU: the plugin's own, which
    takes logits as the model gives them and works in float32.
    """
    tokens = list(range(world.size.completion))

    def rows(name: str, row: int) -> Rows:
        return Rows(tuple(tokens), passes[name]["states"][row], lambda states: head_of(world.model, states))

    return {
        name: torch.cat([whole_kl(rows("full", row), rows(name, row), tokens) for row in range(world.size.rows)]).cpu()
        for name in passes
        if name != "full"
    }


def moved(low: torch.Tensor, exact: torch.Tensor) -> dict[str, float]:
    """A divergence in bfloat16 against the same in float32."""
    return {
        "mean": float(exact.mean()),
        "mean_in_bfloat16": float(low.mean()),
        "difference_max": float((low - exact).abs().max()),
        "difference_mean": float((low - exact).abs().mean()),
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
