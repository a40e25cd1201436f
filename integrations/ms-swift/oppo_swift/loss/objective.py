"""The weighted sum of the auxiliary terms, and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from ..config import Loss
from ..errors import OppoSwiftError
from . import terms
from .options import needs_passes
from .sample import MODALITIES, Sample
from .totals import Totals


def auxiliary_loss(
    batch: Sequence[Sample], options: Loss, totals: Totals, suppression: float
) -> tuple[torch.Tensor, dict[str, float]]:
    """Scalar to minimise, and the unweighted value of each term that is on.

    totals: of the global batch, of which `batch` may be a part; parts add up to the whole.
    suppression: 0 to 1, the claim controller's factor on the suppressive terms.
    Raises OppoSwiftError (PASSES_MISSING) if claims exist and nobody made a masked pass.
    """
    check_passes(options, totals)
    total = torch.stack([sample.full.sum() * 0.0 for sample in batch]).sum()
    values: dict[str, float] = {}
    for name, weight, compute in _terms(batch, options, totals, suppression):
        if weight == 0:
            continue
        value = compute()
        values[name] = 0.0 if value is None else float(value.detach())
        if value is not None:
            total = total + weight * value
    return total, values


def active_terms(options: Loss) -> list[str]:
    """Names of the terms with a weight, in a fixed order."""
    return [name for name, weight, _ in _terms([], options, None, 1.0) if weight > 0]


def check_passes(options: Loss, totals: Totals) -> None:
    """Claims without any masked pass would make every term 0 in silence."""
    claimants = sum(totals[f"claimants/{modality}/all"] for modality in MODALITIES)
    if not needs_passes(options) or claimants == 0:
        return
    if totals["pass_tokens/video"] + totals["pass_tokens/audio"] == 0:
        raise OppoSwiftError("PASSES_MISSING", "no completion of the batch has a masked pass")


def _terms(
    batch: Sequence[Sample], options: Loss, totals: Totals | None, suppression: float
) -> list[tuple[str, float, Callable[[], terms.Scalar]]]:
    papo, counterfactual = options.papo, options.counterfactual
    brakes = [("full", papo.fullEntropy, True)]
    brakes += [(stream, papo.maskedEntropy, papo.maskedGradient) for stream in ("video", "audio")]
    return [
        (
            "sensitivity",
            suppression * options.sensitivity.weight,
            lambda: terms.sensitivity(batch, options.sensitivity, totals),
        ),
        ("onset", suppression * options.onset.weight, lambda: terms.onset(batch, options.onset, totals)),
        (
            "invariance",
            options.invariance.weight,
            lambda: terms.invariance(batch, options.invariance, totals),
        ),
        (
            "attribution",
            suppression * options.attribution.weight,
            lambda: terms.attribution(batch, options.attribution, totals),
        ),
        ("papo", papo.weight, lambda: terms.perception_bonus(batch, papo, totals)),
        *(
            (
                f"entropy_{stream}",
                weight,
                lambda stream=stream, live=live: terms.entropy_brake(batch, stream, live, totals),
            )
            for stream, weight, live in brakes
        ),
        (
            "counterfactual_sensitivity",
            suppression * counterfactual.sensitivity,
            lambda: terms.counterfactual_sensitivity(batch, counterfactual, totals),
        ),
        (
            "counterfactual_invariance",
            counterfactual.invariance,
            lambda: terms.counterfactual_invariance(batch, counterfactual, totals),
        ),
    ]
