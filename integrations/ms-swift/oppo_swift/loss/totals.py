"""What the terms divide by: counts over the global batch, so that micro-batches and ranks add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from .sample import MODALITIES, OTHER_PASS, OWN_PASS, PASSES, Sample

CLAIMANT_COUNTS = ("all", "own", "complete", "other", "both")
_OF_CLAIMS = (
    *(f"evidence/{modality}/{side}" for modality in MODALITIES for side in ("own", "other")),
    *(f"claimants/{modality}/{count}" for modality in MODALITIES for count in CLAIMANT_COUNTS),
)
# Counts of claims stand there twice: of the claims, and of the clauses that the reference picks, with a prefix.
NAMES = (
    "samples",
    "tokens",
    *(f"pass_tokens/{name}" for name in PASSES[1:]),
    *_OF_CLAIMS,
    *(f"reference/{name}" for name in _OF_CLAIMS),
)


@dataclass(frozen=True)
class Totals:
    """Counts by name (NAMES), in that order; a flat tuple so that ranks can sum it as one vector."""

    values: tuple[float, ...]

    def __getitem__(self, name: str) -> float:
        return self.values[NAMES.index(name)]

    def named(self) -> dict[str, float]:
        """As a plain object."""
        return dict(zip(NAMES, self.values, strict=True))

    def seen_by(self, selector: str) -> Totals:
        """What a term with this selector divides by: under "reference" clauses count as claims."""
        if selector == "own":
            return self
        own = self.named()
        return Totals(
            tuple(own[f"{selector}/{name}"] if name in _OF_CLAIMS else own[name] for name in NAMES)
        )

    def coverage(self, modality: str, which: str) -> float:
        """Weight that makes up for completions without the pass; 0 when none has it (see docs/method.md)."""
        have = self[f"claimants/{modality}/{which}"]
        return self[f"claimants/{modality}/all"] / have if have else 0.0


def add(parts: Iterable[Totals]) -> Totals:
    """Totals of the whole from totals of its parts."""
    return Totals(tuple(sum(column) for column in zip(*(part.values for part in parts), strict=True)))


def measure(batch: Sequence[Sample]) -> Totals:
    """Totals of one batch or micro-batch."""
    counts = dict.fromkeys(NAMES, 0.0)
    for sample in batch:
        length = len(sample.full)
        counts["samples"] += 1
        counts["tokens"] += length
        for stream in PASSES[1:]:
            if sample.hidden(stream) is not None:
                counts[f"pass_tokens/{stream}"] += length
        for modality in MODALITIES:
            _count_claims(counts, sample, modality)
            if sample.clauses:
                _count_claims(counts, replace(sample, claims=sample.clauses), modality, "reference/")
    return Totals(tuple(counts[name] for name in NAMES))


def _count_claims(counts: dict[str, float], sample: Sample, modality: str, prefix: str = "") -> None:
    if not any(claim.modality == modality for claim in sample.claims):
        return
    own_pass = OWN_PASS[modality]
    own = sample.hidden(own_pass) is not None
    other = sample.hidden(OTHER_PASS[modality]) is not None
    tokens = len(sample.evidence(modality))
    counts[f"{prefix}evidence/{modality}/own"] += tokens * own
    counts[f"{prefix}evidence/{modality}/other"] += tokens * other
    for count, present in (
        ("all", True),
        ("own", own),
        ("complete", own and own_pass not in sample.partial),
        ("other", other),
        ("both", own and other),
    ):
        counts[f"{prefix}claimants/{modality}/{count}"] += present
