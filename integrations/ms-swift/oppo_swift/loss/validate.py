"""Refuses samples that a loss cannot be trusted on: codes of src/loss/validate.ts. By shapes alone, so no device waits.

What is not finite is found where it is summed (guard/batch.py), and in the terms that compare.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..errors import OppoSwiftError
from .sample import PASSES, Claim, Rows, Sample


def check_samples(batch: Sequence[Sample]) -> None:
    """Raises OppoSwiftError naming the sample: EMPTY_BATCH, EMPTY_SAMPLE, LENGTH_MISMATCH, CLAIM_TOKEN_OUTSIDE,
    MATCH_RANGE, WHOLE_SHAPE.
    """
    if not batch:
        raise OppoSwiftError(
            "EMPTY_BATCH", "a loss needs at least one sample", "skip the micro-batch when no completion of it counts"
        )
    for index, sample in enumerate(batch):
        for error in _problems(sample, f"sample {index}"):
            raise error


def _problems(sample: Sample, where: str) -> Iterator[OppoSwiftError]:
    length = len(sample.full)
    if length == 0:
        yield OppoSwiftError("EMPTY_SAMPLE", f"{where}: no tokens", "drop empty completions before the loss")
    for name in PASSES[1:]:
        values = sample.hidden(name)
        if values is not None and len(values) != length:
            yield OppoSwiftError(
                "LENGTH_MISMATCH",
                f"{where}: {name} has {len(values)} log-probs, full has {length}",
                "every pass scores the same completion tokens",
            )
    for claim in (*sample.claims, *(sample.clauses or ())):
        yield from _claim_problems(claim, length, where)
    for name, rows in sample.whole.items():
        yield from _row_problems(rows, length, f"{where}: {name}")


def _claim_problems(claim: Claim, length: int, where: str) -> Iterator[OppoSwiftError]:
    tokens = claim.heads if claim.onset is None else (*claim.heads, claim.onset)
    outside = [token for token in tokens if not 0 <= token < length]
    if outside:
        yield OppoSwiftError(
            "CLAIM_TOKEN_OUTSIDE",
            f"{where}: claim token {outside[0]} is outside its {length} tokens",
            "claims must be mapped to tokens of this completion",
        )
    if not 0 <= claim.match <= 1:
        yield OppoSwiftError("MATCH_RANGE", f"{where}: claim match is {claim.match}", "s_C lies in 0..1")


def _row_problems(rows: Rows, length: int, where: str) -> Iterator[OppoSwiftError]:
    if rows.values.dim() != 2 or len(rows.values) != len(rows.positions):
        shape = list(rows.values.shape)
        yield OppoSwiftError(
            "WHOLE_SHAPE",
            f"{where} has rows of shape {shape} at {len(rows.positions)} positions",
            "rows are [positions, V], or [positions, H] with a head",
        )
    if list(rows.positions) != sorted(set(rows.positions)) or not set(rows.positions) <= set(range(length)):
        yield OppoSwiftError(
            "WHOLE_SHAPE",
            f"{where} has rows at positions that do not ascend within its {length} tokens",
            "give the positions of whole_reads",
        )
