"""The three training losses, from log-probs [R, G, T]. Same definitions as src/loss."""

import torch
from torch import Tensor

CLIP_LOW, CLIP_HIGH, DUAL_CLIP = 0.2, 0.28, 3.0
SENSITIVITY, INVARIANCE, CAP, SLOPE_LIMIT = 0.05, 0.3, 2.0, 3.0


def likelihood(logprobs: Tensor, parts: dict[str, Tensor]) -> Tensor:
    """Mean negative log-likelihood: `weight` is -1/N on real tokens and 0 on padding."""
    return (parts["weight"] * logprobs).sum()


def grpo(logprobs: Tensor, parts: dict[str, Tensor]) -> Tensor:
    """Clipped policy gradient (DAPO: mean over all tokens of the batch, dual clip)."""
    ratio = (logprobs - parts["rollout"]).exp()
    advantage = parts["advantage"]
    clipped = ratio.clamp(1 - CLIP_LOW, 1 + CLIP_HIGH)
    each = torch.maximum(-ratio * advantage, -clipped * advantage)
    each = torch.where(advantage < 0, torch.minimum(each, -DUAL_CLIP * advantage), each)
    return (each * parts["live"]).sum() / parts["live"].sum()


def oppo(logprobs: Tensor, parts: dict[str, Tensor]) -> Tensor:
    """GRPO and the counterfactual Omni-Perception Loss on evidence tokens.

    `own` and `other` [passes, P, G, T] mark evidence tokens whose own / other stream the pass swapped.
    """
    own, other = parts["own"], parts["other"]
    passes, prompts = own.shape[:2]
    full = logprobs[:prompts]
    masked = logprobs[prompts:].view(passes, *full.shape)
    drop = (full - masked).detach()
    slope = drop.clamp(-SLOPE_LIMIT, SLOPE_LIMIT)
    sensitive = own * (drop < CAP) * (SENSITIVITY / own.sum())
    invariant = other * (INVARIANCE / other.sum())
    on_full = slope * (invariant - sensitive)
    on_masked = sensitive + invariant * torch.expm1(-drop.clamp(min=-SLOPE_LIMIT))
    return grpo(full, parts) + (on_full * full).sum() + (on_masked * masked).sum()


LOSSES = {"sft": likelihood, "grpo": grpo, "oppo-one": oppo, "oppo-both": oppo}
