"""What settings of the loss ask for, read off the table of terms. Needs no torch."""

from __future__ import annotations

from collections.abc import Sequence

from .settings import Loss
from .table import TERMS, Term


def active(options: Loss, terms: Sequence[Term] = TERMS) -> list[Term]:
    """Terms with a weight, in the table's order."""
    return [term for term in terms if term.weight(options) > 0]


def required_passes(options: Loss, terms: Sequence[Term] = TERMS) -> str:
    """Masked passes that every completion needs: "none", "one" or "both"."""
    needs = {term.needs for term in active(options, terms)}
    return next((need for need in ("both", "one") if need in needs), "none")


def needs_passes(options: Loss, terms: Sequence[Term] = TERMS) -> bool:
    """Does any term that is on compare with a masked pass?"""
    return required_passes(options, terms) != "none"


def masked_pass_learns(options: Loss, terms: Sequence[Term] = TERMS) -> bool:
    """Does any term that is on send a gradient through a masked pass? If not, it can run without a graph."""
    return any(term.learns_masked(options) for term in active(options, terms))


def needs_match(options: Loss, terms: Sequence[Term] = TERMS) -> bool:
    """Does any term that is on weigh claims by how well the reference supports them?"""
    return any(term.uses_match(options) for term in active(options, terms))


def selectors(options: Loss, terms: Sequence[Term] = TERMS) -> list[str]:
    """Evidence that the terms that are on act on: "own", a claim's own words."""
    return ["own"]
