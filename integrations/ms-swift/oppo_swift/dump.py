"""Log-probs, claims and totals of every micro-step as JSON, to recompute the loss elsewhere.

Off unless OPPO_DUMP names a folder. Rows over the whole vocabulary stand in a file of float32 beside it: 0.6 MB a
position and pass at Qwen2.5-Omni's size. tests/test_e2e.py hands the files to the TypeScript loss.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from .loss.sample import Rows, Sample
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
    """Writes step-<optimiser step>-<micro-step>-rank<rank>.json, and .f32 with rows, if OPPO_DUMP is set."""
    folder = os.environ.get("OPPO_DUMP")
    if not folder:
        return
    rows = _RowFile()
    record = {
        "samples": [{**_plain(sample), "whole": rows.add(sample)} for sample in samples],
        "suppression": evidence.suppression,
        "totals": evidence.totals.named() if evidence.totals else None,
        "term": float(term.detach()),
        "policy_loss": float(loss.detach()),
    }
    path = Path(folder) / f"step-{place.step:05d}-{place.micro_step:05d}-rank{place.rank}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record), encoding="utf-8")
    if rows.parts:
        path.with_suffix(".f32").write_bytes(b"".join(rows.parts))


@dataclass
class _RowFile:
    """Log-probs over the whole vocabulary, little-endian float32, one array after the other."""

    parts: list[bytes] = field(default_factory=list)
    numbers: int = 0

    def add(self, sample: Sample) -> dict[str, Any]:
        """Where rows of each pass begin, in numbers, and what they are of."""
        placed = {}
        for name, rows in sample.whole.items():
            values = _log_probs(rows).cpu().numpy().astype("<f4")
            placed[name] = {"positions": list(rows.positions), "vocabulary": values.shape[1], "at": self.numbers}
            self.parts.append(values.tobytes())
            self.numbers += values.size
        return placed


def _log_probs(rows: Rows) -> torch.Tensor:
    with torch.no_grad():
        logits = rows.head(rows.values) if rows.head else rows.values
        return (logits.float() / rows.temperature).log_softmax(-1)


def _plain(sample: Sample) -> dict[str, Any]:
    def values(tensor: torch.Tensor | None) -> list[float] | None:
        return None if tensor is None else tensor.detach().double().tolist()

    return {
        "full": values(sample.full),
        "video": values(sample.video),
        "audio": values(sample.audio),
        "both": values(sample.both),
        "claims": [asdict(claim) for claim in sample.claims],
        "clauses": None if sample.clauses is None else [asdict(clause) for clause in sample.clauses],
        "partial": sorted(sample.partial),
    }
