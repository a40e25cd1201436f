"""Which evidence a term acts on: as src/loss/selectors.ts. Needs no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..errors import OppoSwiftError
from .sample import Claim, Sample
from .settings import Loss

Claims = tuple[Claim, ...]


def _own(claims: Claims, _: Claims | None) -> Claims:
    return claims


def _reference(_: Claims, clauses: Claims | None) -> Claims:
    if clauses is None:
        raise OppoSwiftError(
            "CLAUSES_MISSING",
            "a term acts on clauses of the reference, and a completion came without them",
            "hand Sample.clauses over (evidence.locate_clauses), empty where nothing was found",
        )
    return clauses


# What `evidence.selector` and `evidence.terms` can name: claims and clauses of a completion to what a term sees.
SELECTORS: dict[str, Callable[[Claims, Claims | None], Claims]] = {"own": _own, "reference": _reference}


def selector_of(term: Any, options: Loss) -> str:
    """The options' choice, the term's before the common one. A term on the full pass alone looks at no claim."""
    if term.needs == "none":
        return "own"
    return options.evidence.terms.get(term.name, options.evidence.selector)


def select(batch: Sequence[Sample], selector: str) -> Sequence[Sample]:
    """The batch as a term with this selector sees it. Raises OppoSwiftError (CLAUSES_MISSING)."""
    if selector == "own":
        return batch
    return [replace(own, claims=SELECTORS[selector](own.claims, own.clauses)) for own in batch]
