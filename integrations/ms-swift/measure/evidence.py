"""Where the claims of a completion stand. Made up, since nothing here can read: only the counts matter."""

from __future__ import annotations

from oppo_swift.loss.sample import Claim

from .sizes import Size

# Content words of a claim; the rest of its clause are articles, verbs and the like.
HEADS_PER_CLAUSE = 4
MATCH = 0.7


def modalities(size: Size, share: float) -> list[str | None]:
    """A modality for each clause of a completion, or None: `share` of them are evidence, half seen, half heard."""
    clauses = size.completion // size.clause
    chosen: list[str | None] = []
    for index in range(clauses):
        is_evidence = int((index + 1) * share) > int(index * share)
        found = sum(modality is not None for modality in chosen)
        chosen.append(("visual", "acoustic")[found % 2] if is_evidence else None)
    return chosen


def claims(size: Size, share: float, whole: bool) -> tuple[Claim, ...]:
    """Claims of one completion. whole: all tokens of a clause, as the paper's selector takes them; otherwise the
    claim's own words.
    """
    found, seen = [], set()
    for index, modality in enumerate(modalities(size, share)):
        if modality is None:
            continue
        start = index * size.clause
        width = size.clause if whole else min(HEADS_PER_CLAUSE, size.clause)
        onset = None if modality in seen else start
        seen.add(modality)
        found.append(Claim(modality, tuple(range(start, start + width)), MATCH, onset))
    return tuple(found)
