"""Single-sample divergence estimators K(d), d = log p - log q in nats, as in src/loss/estimators.ts."""

from __future__ import annotations

from collections.abc import Sequence

import torch

# Log-ratios beyond this carry no information and overflow exp.
LOG_RATIO_LIMIT = 20.0


def estimate(name: str, drop: torch.Tensor) -> torch.Tensor:
    """K at d clamped to +-20 nats; no slope outside. name: k1, k2, k3 or reciprocal."""
    d = drop.clamp(-LOG_RATIO_LIMIT, LOG_RATIO_LIMIT)
    if name == "k1":
        return d
    if name == "k2":
        return d**2 / 2
    if name == "k3":
        return torch.expm1(-d) + d
    return torch.expm1(d) - d


def capped(name: str, drop: torch.Tensor, cap: float) -> torch.Tensor:
    """min(K, cap); no slope once the cap is reached."""
    value = estimate(name, drop)
    return torch.where(value < cap, value, torch.full_like(value, cap))


def slopes(value: torch.Tensor, branches: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    """`value` as a constant, with the prescribed gradient `slope` on each `(values, slope)` of `branches`."""
    result = value.detach()
    for values, slope in branches:
        result = result + slope.detach() * (values - values.detach())
    return result
