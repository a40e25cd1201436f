"""A rollout batch as the loss needs it: claims on trained tokens, passes, and totals of every step's window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from .loss.options import sampled_tokens_learn, whole_reads
from .loss.sample import Claim, Rows, Sample
from .loss.settings import Loss
from .loss.totals import Totals
from .passes import Fills, Pass


@dataclass
class BatchEvidence:
    """What rides on a micro-batch (`grpo_batch.oppo`).

    claims: per row. kept: rows that count (others are empty or filtered out). clauses: per row, evidence as the
    reference picks it; None where no term acts on it. totals: of the global batch of the optimiser step this
    micro-batch belongs to. suppression: the claim controller's factor. fills: for a Ray worker, which has no processor
    to take them from.
    """

    claims: list[tuple[Claim, ...]]
    kept: list[int]
    passes: list[Pass]
    partial: frozenset[str]
    clauses: list[tuple[Claim, ...]] | None = None
    totals: Totals | None = None
    suppression: float = 1.0
    fills: Fills | None = None


def kept_log_probs(log_probs: torch.Tensor, loss: Loss) -> torch.Tensor:
    """Log-probs of a masked pass, without their graph where no sampled token learns: it would keep logits of every
    position alive, which rows over the vocabulary, made of hidden states, do not need.
    """
    return log_probs if sampled_tokens_learn(loss) else log_probs.detach()


def flat_ids(response_token_ids: Sequence[Any]) -> list[int]:
    """Sampled ids of a single-turn completion: ms-swift nests them per turn, or not."""
    if response_token_ids and isinstance(response_token_ids[0], (list, tuple)):
        return [token for turn in response_token_ids for token in turn]
    return list(response_token_ids)


def completion_rows(values: torch.Tensor, mask: torch.Tensor) -> list[torch.Tensor]:
    """values [B, T] as one tensor per row, of its completion tokens (mask [B, T]) in order."""
    return [row[own.bool()] for row, own in zip(values, mask, strict=True)]


@dataclass(frozen=True)
class States:
    """Hidden states [B, T, H] at the positions that predict completion tokens, by pass, with graph where it may learn.

    hidden: one for each of `BatchEvidence.passes`. head: makes logits of them, which are divided by `temperature`.
    """

    full: torch.Tensor
    hidden: Sequence[torch.Tensor]
    head: Callable[[torch.Tensor], torch.Tensor]
    temperature: float


def samples_of(
    evidence: BatchEvidence,
    full: torch.Tensor,
    hidden: Sequence[torch.Tensor],
    mask: torch.Tensor,
    options: Loss | None = None,
    states: States | None = None,
) -> list[Sample]:
    """Loss samples of a micro-batch. full, each of hidden (one per pass): log-probs [B, T].

    options, states: what rows over the whole vocabulary are made of; without them there are none.
    """
    rows = completion_rows(full, mask)
    masked = [completion_rows(values, mask) for values in hidden]
    samples = []
    for row in evidence.kept:
        sample = Sample(full=rows[row].float(), claims=evidence.claims[row], partial=evidence.partial)
        if evidence.clauses is not None:
            sample.clauses = evidence.clauses[row]
        for own, values in zip(evidence.passes, masked, strict=True):
            if row in own.streams:
                setattr(sample, own.streams[row], values[row].float())
        if options is not None and states is not None:
            sample.whole = _rows(sample, evidence.passes, row, mask, options, states)
        samples.append(sample)
    return samples


def _rows(
    sample: Sample, passes: Sequence[Pass], row: int, mask: torch.Tensor, options: Loss, states: States
) -> dict[str, Rows]:
    """What the loss looks at over the whole vocabulary, of the passes that this completion has."""
    made = {own.streams[row]: values for own, values in zip(passes, states.hidden, strict=True) if row in own.streams}
    made["full"] = states.full
    places = mask[row].nonzero().flatten()
    reads = whole_reads(options, sample.claims, sample.clauses, len(sample.full))
    return {
        name: Rows(tokens, made[name][row, places[list(tokens)]], states.head, states.temperature)
        for name, tokens in reads.items()
        if name in made
    }


def outline(evidence: BatchEvidence, mask: torch.Tensor) -> list[Sample]:
    """The same samples before any log-prob is known: what the totals are counted on."""
    blank = torch.zeros(mask.shape)
    return samples_of(evidence, blank, [blank] * len(evidence.passes), mask.cpu())
