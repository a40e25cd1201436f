"""The weighted sum of the auxiliary terms, and what it needs."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ..errors import OppoSwiftError
from . import terms as computations
from .options import active, required_passes
from .sample import MODALITIES, Sample
from .settings import Loss
from .table import TERMS, Term
from .totals import Totals


def auxiliary_loss(
    batch: Sequence[Sample],
    options: Loss,
    totals: Totals,
    suppression: float,
    terms: Sequence[Term] = TERMS,
) -> tuple[torch.Tensor, dict[str, float]]:
    """Scalar to minimise, and the unweighted value of each term that is on.

    totals: of the global batch, of which `batch` may be a part; parts add up to the whole.
    suppression: 0 to 1, the claim controller's factor on the suppressive terms.
    Raises OppoSwiftError (PASSES_MISSING, BOTH_PASSES_MISSING) if claims exist and nobody made the masked passes.
    """
    check_passes(options, totals, terms)
    total = torch.stack([sample.full.sum() * 0.0 for sample in batch]).sum()
    values: dict[str, float] = {}
    for term in active(options, terms):
        weight = (suppression if term.suppressive else 1.0) * term.weight(options)
        if weight == 0:
            continue
        value = term.compute(computations, batch, options, totals)
        values[term.name] = 0.0 if value is None else float(value.detach())
        if value is not None:
            total = total + weight * value
    return total, values


def active_terms(options: Loss) -> list[str]:
    """Names of the terms with a weight, in a fixed order."""
    return [term.name for term in active(options)]


def check_passes(options: Loss, totals: Totals, terms: Sequence[Term] = TERMS) -> None:
    """Claims without the masked passes that a term compares would make it 0 in silence."""
    needed = required_passes(options, terms)
    claimants = sum(totals[f"claimants/{modality}/all"] for modality in MODALITIES)
    if needed == "none" or claimants == 0:
        return
    if totals["pass_tokens/video"] + totals["pass_tokens/audio"] == 0:
        raise OppoSwiftError("PASSES_MISSING", "no completion of the batch has a masked pass")
    if needed == "both" and sum(totals[f"claimants/{modality}/both"] for modality in MODALITIES) == 0:
        name = next(term.name for term in active(options, terms) if term.needs == "both")
        raise OppoSwiftError(
            "BOTH_PASSES_MISSING", f"no claim has both masked passes, which {name} compares"
        )
