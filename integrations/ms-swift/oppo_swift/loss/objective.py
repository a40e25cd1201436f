"""The weighted sum of the auxiliary terms, and what it needs."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ..errors import OppoSwiftError
from . import terms as computations
from .options import active, needs_joint_pass
from .sample import MODALITIES, Sample
from .selectors import select, selector_of
from .settings import Loss
from .table import TERMS, Term
from .totals import Totals
from .validate import check_samples


def auxiliary_loss(
    batch: Sequence[Sample],
    options: Loss,
    totals: Totals,
    suppression: float,
    terms: Sequence[Term] = TERMS,
) -> tuple[torch.Tensor, dict[str, float]]:
    """Scalar to minimise; the unweighted value of each term that is on, and its metrics (`options.logged_names`).

    Values and metrics of parts add up to those of the global batch. What a sample must carry: `Sample`.
    totals: of the global batch, of which `batch` may be a part; parts add up to the whole.
    suppression: 0 to 1, the claim controller's factor on the suppressive terms.
    Raises OppoSwiftError: PASSES_MISSING, BOTH_PASSES_MISSING if claims exist and nobody made the masked passes;
    CLAUSES_MISSING; of `check_samples` and `paper_loss`.
    """
    check_samples(batch)
    check_passes(options, totals, terms)
    total = torch.stack([sample.full.sum() * 0.0 for sample in batch]).sum()
    values: dict[str, float] = {}
    for term in active(options, terms):
        weight = (suppression if term.suppressive else 1.0) * term.weight(options)
        if weight == 0:
            continue
        selector = selector_of(term, options)
        result = term.compute(computations, select(batch, selector), options, totals.seen_by(selector))
        value, metrics = result, {}
        if isinstance(result, computations.Measured):
            value, metrics = result.value, result.metrics
        values[term.name] = 0.0 if value is None else float(value.detach())
        values.update(metrics)
        if value is not None:
            total = total + weight * value
    return total, values


def check_passes(options: Loss, totals: Totals, terms: Sequence[Term] = TERMS) -> None:
    """Claims without the masked passes that a term compares would make it 0 in silence."""
    if needs_joint_pass(options, terms) and totals["samples"] and totals["pass_tokens/both"] == 0:
        raise OppoSwiftError("PASSES_MISSING", "no completion of the batch has a pass with both streams hidden")
    for term in active(options, terms):
        if term.needs == "none" or term.joint(options):
            continue
        seen = totals.seen_by(selector_of(term, options))
        claims = sum(seen[f"claimants/{modality}/all"] for modality in MODALITIES)
        if claims == 0 and not (totals["samples"] and _looks_everywhere(term, options)):
            continue
        if seen["pass_tokens/video"] + seen["pass_tokens/audio"] == 0:
            raise OppoSwiftError("PASSES_MISSING", "no completion of the batch has a masked pass")
        if term.needs == "both" and sum(seen[f"claimants/{modality}/both"] for modality in MODALITIES) == 0:
            raise OppoSwiftError(
                "BOTH_PASSES_MISSING", f"no claim has both masked passes, which {term.name} compares"
            )


def _looks_everywhere(term: Term, options: Loss) -> bool:
    """Does it look at tokens of completions that claim nothing?"""
    return term.reads(options) == "all" or bool(term.whole((), 1, options).get("full"))
