"""What settings of the loss ask for. Needs no torch."""

from __future__ import annotations

from ..config import Loss


def needs_passes(options: Loss) -> bool:
    """Does any term that is on compare with a masked pass?"""
    papo, counterfactual = options.papo, options.counterfactual
    weights = (
        options.sensitivity.weight,
        options.onset.weight,
        options.invariance.weight,
        options.attribution.weight,
        papo.weight,
        papo.maskedEntropy,
        counterfactual.sensitivity,
        counterfactual.invariance,
    )
    return any(weight > 0 for weight in weights)


def masked_pass_learns(options: Loss) -> bool:
    """Does any term that is on send a gradient through a masked pass? If not, it can run without a graph."""
    papo, counterfactual = options.papo, options.counterfactual
    return (
        (options.sensitivity.weight > 0 and options.sensitivity.routing != "full")
        or options.onset.weight > 0
        or options.attribution.weight > 0
        or (papo.maskedGradient and (papo.weight > 0 or papo.maskedEntropy > 0))
        or (counterfactual.routing != "full" and counterfactual.sensitivity + counterfactual.invariance > 0)
    )
