"""The Omni-Perception Loss as OPPO's paper prints it (2606.25325): docs/method.md#loss-as-printed, src/loss/paper.ts.

-J_omni, J_omni = sum over t in T_V of KL(p_t || p_t^v) + sum over t in T_A of KL(p_t || p_t^a), a mean over the
completions of the batch. Minimising it makes evidence tokens change when their stream is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from ..errors import OppoSwiftError
from .estimators import estimate
from .sample import MODALITIES, OWN_PASS, Rows, Sample
from .settings import Paper
from .totals import Totals
from .whole import whole_kl


@dataclass(frozen=True)
class Measured:
    """A term's value, and metrics whose parts add up over micro-batches and ranks as the value does."""

    value: torch.Tensor | None
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Comparison:
    """Tokens at which the full pass is compared with `hidden`. share: what a token's divergence counts."""

    hidden: str
    tokens: list[int]
    share: float


def paper_loss(batch: Sequence[Sample], options: Paper, totals: Totals) -> Measured:
    """-J_omni, unweighted. Metrics: mean divergence of a compared token, nats; tokens compared a completion.

    estimator: whole takes the KL over the vocabulary, from `Sample.whole`; k1 and k3 the sampled token's d = l - m,
    held at +-20 nats. A pass that a completion lacks is skipped, and others are weighed up. Unbounded: nothing caps it.
    Raises OppoSwiftError (WHOLE_MISSING, DIVERGENCE_INFINITE, NOT_COMPARABLE).
    """
    divergence = _whole if options.estimator == "whole" else _sampled
    parts, summed, compared = [], [], 0
    for index, sample in enumerate(batch):
        for comparison in _comparisons(sample, options, totals):
            values = divergence(sample, index, comparison, options)
            parts.append(-comparison.share * values.sum())
            summed.append(values.detach().sum())
            compared += len(comparison.tokens)
    everywhere = _compared(options, totals)
    metrics = {"paper/tokens": compared / totals["samples"]}
    if everywhere:
        metrics["paper/divergence"] = float(torch.stack(summed).sum()) / everywhere if summed else 0.0
    return Measured(torch.stack(parts).sum() if parts else None, metrics)


def _comparisons(sample: Sample, options: Paper, totals: Totals) -> list[_Comparison]:
    everything = list(range(len(sample.full)))

    def share(tokens: list[int], coverage: float = 1.0) -> float:
        return coverage / (totals["samples"] * (len(tokens) if options.reduce == "mean" else 1))

    if options.tokens == "together":
        if sample.both is None:
            return []
        return [_Comparison("both", everything, share(everything, totals["tokens"] / totals["pass_tokens/both"]))]
    found = []
    for modality in MODALITIES:
        hidden = OWN_PASS[modality]
        tokens = everything if options.tokens == "all" else sample.evidence(modality)
        if sample.hidden(hidden) is not None and tokens:
            found.append(_Comparison(hidden, tokens, share(tokens, _coverage(options, modality, totals))))
    return found


def _coverage(options: Paper, modality: str, totals: Totals) -> float:
    """Weighs the completions that carry a pass up for those that do not, where passes are dealt in turn."""
    if options.tokens == "evidence":
        return totals.coverage(modality, "own")
    return totals["tokens"] / totals[f"pass_tokens/{OWN_PASS[modality]}"]


def _compared(options: Paper, totals: Totals) -> float:
    """Tokens that are compared in the global batch."""
    if options.tokens == "evidence":
        return sum(totals[f"evidence/{modality}/own"] for modality in MODALITIES)
    hidden = ("both",) if options.tokens == "together" else ("video", "audio")
    return sum(totals[f"pass_tokens/{name}"] for name in hidden)


def _sampled(sample: Sample, index: int, comparison: _Comparison, options: Paper) -> torch.Tensor:
    masked = sample.hidden(comparison.hidden)
    assert masked is not None
    if not options.maskedGradient:
        masked = masked.detach()
    drop = sample.full[comparison.tokens] - masked[comparison.tokens]
    _refuse(
        drop.isnan(),
        comparison.tokens,
        lambda token: OppoSwiftError(
            "NOT_COMPARABLE",
            f"sample {index}, token {token}: the pass '{comparison.hidden}' has no log-prob there",
            "read it at every token compared",
        ),
    )
    return estimate(options.estimator, drop)


def _whole(sample: Sample, index: int, comparison: _Comparison, options: Paper) -> torch.Tensor:
    full = _rows(sample, index, "full", comparison.tokens)
    masked = _rows(sample, index, comparison.hidden, comparison.tokens)
    values = whole_kl(full, masked, comparison.tokens, masked_gradient=options.maskedGradient)
    _refuse(
        ~values.isfinite(),
        comparison.tokens,
        lambda token: OppoSwiftError(
            "DIVERGENCE_INFINITE",
            f"sample {index}, token {token}: the divergence from the pass '{comparison.hidden}' is not finite",
            "rows must be logits of one vocabulary; the masked pass may rule out nothing that the full pass says",
        ),
    )
    return values


def _rows(sample: Sample, index: int, name: str, tokens: list[int]) -> Rows:
    rows = sample.whole.get(name)
    known = set(rows.positions) if rows else set()
    missing = next((token for token in tokens if token not in known), None)
    if rows is None or missing is not None:
        raise OppoSwiftError(
            "WHOLE_MISSING",
            f"sample {index}, token {missing}: no whole-vocabulary row of the pass '{name}'",
            "give rows at the tokens of whole_reads, or set loss.paper.estimator to k1 or k3",
        )
    return rows


def _refuse(bad: torch.Tensor, tokens: list[int], error: Callable[[int], OppoSwiftError]) -> None:
    if bool(bad.any()):
        raise error(tokens[int(bad.nonzero()[0])])
