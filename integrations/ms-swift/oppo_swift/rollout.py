"""A rollout batch as the loss needs it: claims on trained tokens, passes, and totals of every step's window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from .loss.sample import Claim, Sample
from .loss.totals import Totals
from .passes import Fills, Pass


@dataclass
class BatchEvidence:
    """What rides on a micro-batch (`grpo_batch.oppo`).

    claims: per row. kept: rows that count (others are empty or filtered out). totals: of the global batch of the
    optimiser step this micro-batch belongs to. suppression: the claim controller's factor. fills: for a Ray worker,
    which has no processor to take them from.
    """

    claims: list[tuple[Claim, ...]]
    kept: list[int]
    passes: list[Pass]
    partial: frozenset[str]
    totals: Totals | None = None
    suppression: float = 1.0
    fills: Fills | None = None


def flat_ids(response_token_ids: Sequence[Any]) -> list[int]:
    """Sampled ids of a single-turn completion: ms-swift nests them per turn, or not."""
    if response_token_ids and isinstance(response_token_ids[0], (list, tuple)):
        return [token for turn in response_token_ids for token in turn]
    return list(response_token_ids)


def completion_rows(values: torch.Tensor, mask: torch.Tensor) -> list[torch.Tensor]:
    """values [B, T] as one tensor per row, of its completion tokens (mask [B, T]) in order."""
    return [row[own.bool()] for row, own in zip(values, mask, strict=True)]


def samples_of(
    evidence: BatchEvidence, full: torch.Tensor, hidden: Sequence[torch.Tensor], mask: torch.Tensor
) -> list[Sample]:
    """Loss samples of a micro-batch. full, each of hidden (one per pass): log-probs [B, T]."""
    rows = completion_rows(full, mask)
    masked = [completion_rows(values, mask) for values in hidden]
    samples = []
    for row in evidence.kept:
        sample = Sample(full=rows[row].float(), claims=evidence.claims[row], partial=evidence.partial)
        for own, values in zip(evidence.passes, masked, strict=True):
            stream = own.streams.get(row)
            if stream == "video":
                sample.video = values[row].float()
            elif stream == "audio":
                sample.audio = values[row].float()
        samples.append(sample)
    return samples


def outline(evidence: BatchEvidence, mask: torch.Tensor) -> list[Sample]:
    """The same samples before any log-prob is known: what the totals are counted on."""
    blank = torch.zeros(mask.shape)
    return samples_of(evidence, blank, [blank] * len(evidence.passes), mask.cpu())
