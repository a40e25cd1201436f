"""Log-probs, claims and totals of every micro-step as JSON, to recompute the loss elsewhere.

Off unless OPPO_DUMP names a folder. tests/test_e2e.py hands the files to the TypeScript loss.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from .loss.sample import Sample
from .rollout import BatchEvidence


@dataclass(frozen=True)
class Place:
    """Optimiser step, micro-step, rank."""

    step: int
    micro_step: int
    rank: int


def dump_step(
    place: Place, evidence: BatchEvidence, samples: Sequence[Sample], term: torch.Tensor, loss: torch.Tensor
) -> None:
    """Writes step-<optimiser step>-<micro-step>-rank<rank>.json if OPPO_DUMP is set."""
    folder = os.environ.get("OPPO_DUMP")
    if not folder:
        return
    record = {
        "samples": [_plain(sample) for sample in samples],
        "suppression": evidence.suppression,
        "totals": evidence.totals.named() if evidence.totals else None,
        "term": float(term.detach()),
        "policy_loss": float(loss.detach()),
    }
    path = Path(folder) / f"step-{place.step:05d}-{place.micro_step:05d}-rank{place.rank}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")


def _plain(sample: Sample) -> dict[str, Any]:
    def values(tensor: torch.Tensor | None) -> list[float] | None:
        return None if tensor is None else tensor.detach().double().tolist()

    return {
        "full": values(sample.full),
        "video": values(sample.video),
        "audio": values(sample.audio),
        "claims": [asdict(claim) for claim in sample.claims],
        "partial": sorted(sample.partial),
    }
