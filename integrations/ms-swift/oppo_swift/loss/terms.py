"""The terms of the Omni-Perception Loss on differentiable log-probs.

Each function takes samples, its settings and the totals of the global batch, and returns a scalar tensor, or
None where nothing contributed. `detach` stands wherever the equations have a stop-gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch

from .estimators import capped, slopes
from .paper import Measured, paper_loss
from .sample import MODALITIES, OTHER_PASS, OWN_PASS, Claim, Sample
from .settings import Attribution, Counterfactual, Invariance, Onset, Papo, Sensitivity
from .totals import Totals

Scalar = torch.Tensor | None

__all__ = [
    "Measured",
    "attribution",
    "counterfactual_invariance",
    "counterfactual_sensitivity",
    "entropy_brake",
    "invariance",
    "onset",
    "paper_loss",
    "perception_bonus",
    "sensitivity",
]

# Slopes of the counterfactual terms are held beyond this drop, nats.
SLOPE_LIMIT = 3.0


def sensitivity(batch: Sequence[Sample], options: Sensitivity, totals: Totals) -> Scalar:
    """S: a claim must lose at least `cap` nats when its own stream is hidden."""
    parts = []
    for sample, claim in _claims(batch):
        masked = sample.hidden(OWN_PASS[claim.modality])
        if masked is None:
            continue
        share = totals.coverage(claim.modality, "own") / totals["tokens"]
        pull = {"mask": 0.0, "gated": claim.match}.get(options.routing, 1.0)
        full = _partly(sample.full, pull)
        if options.routing == "full":
            masked = masked.detach()
        for heads in [claim.heads] if options.level == "claim" else [(head,) for head in claim.heads]:
            drop = (full[list(heads)] - masked[list(heads)]).sum()
            parts.append(share * torch.relu(options.cap - drop))
    return _sum(parts)


def onset(batch: Sequence[Sample], options: Onset, totals: Totals) -> Scalar:
    """O: with its stream hidden completely, a claim's first token must lose `cap` nats."""
    parts = []
    for sample in batch:
        for claim in sample.claims:
            stream = OWN_PASS[claim.modality]
            masked = sample.hidden(stream)
            if claim.onset is None or masked is None or stream in sample.partial:
                continue
            share = totals.coverage(claim.modality, "complete") / totals["tokens"]
            drop = sample.full[claim.onset].detach() - masked[claim.onset]
            parts.append(share * torch.relu(options.cap - drop))
    return _sum(parts)


def invariance(batch: Sequence[Sample], options: Invariance, totals: Totals) -> Scalar:
    """I: a claim must not lean on the other stream; one-sided Huber, spared by its match."""
    parts = []
    for sample, claim in _claims(batch):
        masked = sample.hidden(OTHER_PASS[claim.modality])
        if masked is None:
            continue
        share = (1 - claim.match) * totals.coverage(claim.modality, "other") / totals["tokens"]
        heads = list(claim.heads)
        leak = torch.relu(sample.full[heads] - masked[heads].detach() - options.kappa)
        knee = options.huber
        huber = torch.where(leak <= knee, leak**2 / 2, knee * (leak - knee / 2))
        parts.append(share * huber.sum())
    return _sum(parts)


def attribution(batch: Sequence[Sample], options: Attribution, totals: Totals) -> Scalar:
    """C: hiding the own stream must cost a claim `cap` nats more than hiding the other."""
    parts = []
    for sample, claim in _claims(batch):
        own = sample.hidden(OWN_PASS[claim.modality])
        other = sample.hidden(OTHER_PASS[claim.modality])
        if own is None or other is None:
            continue
        share = totals.coverage(claim.modality, "both") / totals["tokens"]
        heads = list(claim.heads)
        other = _partly(other[heads], claim.match if options.routing == "gated" else 1.0)
        parts.append(share * torch.relu(options.cap - (other - own[heads]).sum()))
    return _sum(parts)


def perception_bonus(batch: Sequence[Sample], options: Papo, totals: Totals) -> Scalar:
    """PAPO: minus the capped divergence between the passes, mean over evidence tokens or all tokens."""
    parts = []
    for sample in batch:
        for modality in MODALITIES:
            masked = sample.hidden(OWN_PASS[modality])
            if masked is None:
                continue
            if options.tokens == "evidence":
                tokens, count = sample.evidence(modality), totals[f"evidence/{modality}/own"]
            else:
                tokens = list(range(len(sample.full)))
                count = totals[f"pass_tokens/{OWN_PASS[modality]}"]
            if not tokens:
                continue
            if not options.maskedGradient:
                masked = masked.detach()
            drop = sample.full[tokens] - masked[tokens]
            parts.append(-capped(options.estimator, drop, options.cap).sum() / count)
    return _sum(parts)


def entropy_brake(batch: Sequence[Sample], stream: str, live: bool, totals: Totals) -> Scalar:
    """PAPO's brake: mean over tokens of -logp of one pass ("full", "video" or "audio")."""
    parts = []
    for sample in batch:
        values = sample.full if stream == "full" else sample.hidden(stream)
        if values is None:
            continue
        count = totals["tokens"] if stream == "full" else totals[f"pass_tokens/{stream}"]
        parts.append(-(values if live else values.detach()).sum() / count)
    return _sum(parts)


def counterfactual_sensitivity(batch: Sequence[Sample], options: Counterfactual, totals: Totals) -> Scalar:
    """With a claim's own stream swapped, its evidence tokens must become less likely."""
    count = sum(totals[f"evidence/{modality}/own"] for modality in MODALITIES)

    def slope(drop: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        open_ = (drop < options.cap).to(drop.dtype)
        on_full = -torch.ones_like(drop) if options.fullEstimator == "k1" else -_held(drop)
        return torch.relu(options.cap - drop), on_full * open_, open_

    return _sum(_over_evidence(batch, OWN_PASS, options.routing, slope), divisor=count)


def counterfactual_invariance(batch: Sequence[Sample], options: Counterfactual, totals: Totals) -> Scalar:
    """With the other stream swapped, evidence tokens must keep their log-prob."""
    count = sum(totals[f"evidence/{modality}/other"] for modality in MODALITIES)

    def slope(drop: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        floored = drop.clamp(min=-SLOPE_LIMIT)
        return torch.expm1(-floored) + floored, _held(drop), torch.expm1(-floored)

    return _sum(_over_evidence(batch, OTHER_PASS, options.routing, slope), divisor=count)


def _over_evidence(
    batch: Sequence[Sample],
    pass_of: dict[str, str],
    routing: str,
    slope: Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor, torch.Tensor]],
) -> list[torch.Tensor]:
    """Per-token values whose gradient on either branch is prescribed, not derived (docs/method.md)."""
    parts = []
    for sample in batch:
        for modality in MODALITIES:
            masked = sample.hidden(pass_of[modality])
            tokens = sample.evidence(modality)
            if masked is None or not tokens:
                continue
            full, masked = sample.full[tokens], masked[tokens]
            with torch.no_grad():
                value, on_full, on_masked = slope(full - masked)
            branches = []
            if routing != "masked":
                branches.append((full, on_full))
            if routing != "full":
                branches.append((masked, on_masked))
            parts.append(slopes(value, branches).sum())
    return parts


def _claims(batch: Sequence[Sample]) -> Iterator[tuple[Sample, Claim]]:
    return ((sample, claim) for sample in batch for claim in sample.claims if claim.heads)


def _partly(values: torch.Tensor, share: float) -> torch.Tensor:
    """The same values; only `share` of the gradient passes."""
    return share * values + (1 - share) * values.detach()


def _held(drop: torch.Tensor) -> torch.Tensor:
    return drop.clamp(-SLOPE_LIMIT, SLOPE_LIMIT)


def _sum(parts: Sequence[torch.Tensor], divisor: float = 1.0) -> Scalar:
    return torch.stack(list(parts)).sum() / divisor if parts else None
