"""What settings of the loss ask for, read off the table of terms. Needs no torch."""

from __future__ import annotations

from collections.abc import Sequence

from .sample import PASSES, Claim
from .selectors import SELECTORS, selector_of
from .settings import Loss
from .table import TERMS, Term


def active(options: Loss, terms: Sequence[Term] = TERMS) -> list[Term]:
    """Terms with a weight, in the table's order."""
    return [term for term in terms if term.weight(options) > 0]


def required_passes(options: Loss, terms: Sequence[Term] = TERMS) -> str:
    """Passes with one stream hidden that every completion needs: "none", "one" or "both"."""
    needs = {term.needs for term in active(options, terms) if not term.joint(options)}
    return next((need for need in ("both", "one") if need in needs), "none")


def needs_passes(options: Loss, terms: Sequence[Term] = TERMS) -> bool:
    """Does any term that is on compare with a pass in which one stream is hidden?"""
    return required_passes(options, terms) != "none"


def needs_joint_pass(options: Loss, terms: Sequence[Term] = TERMS) -> bool:
    """Does any term that is on compare with a pass in which both streams are hidden at once?"""
    return any(term.joint(options) for term in active(options, terms))


def masked_pass_learns(options: Loss, terms: Sequence[Term] = TERMS) -> bool:
    """Does any term that is on send a gradient through a masked pass? If not, it can run without a graph."""
    return any(term.learns_masked(options) for term in active(options, terms))


def sampled_tokens_learn(options: Loss, terms: Sequence[Term] = TERMS) -> bool:
    """Is any of that gradient on the log-probs of sampled tokens? If not, their graph can go."""
    return any(term.learns_masked(options) and term.reads(options) != "none" for term in active(options, terms))


def needs_whole(options: Loss, terms: Sequence[Term] = TERMS) -> list[str]:
    """Terms that are on and look at the whole vocabulary."""
    probe = (Claim("visual", (0,), 1.0), Claim("acoustic", (0,), 1.0))
    return [term.name for term in active(options, terms) if term.whole(probe, 1, options)]


def needs_match(options: Loss, terms: Sequence[Term] = TERMS) -> bool:
    """Does any term that is on weigh claims by how well the reference supports them?"""
    return any(term.uses_match(options) for term in active(options, terms))


def selectors(options: Loss, terms: Sequence[Term] = TERMS) -> list[str]:
    """Evidence to locate: "own", a claim's own words, always, for it is counted too; "reference", clauses that a cue of
    the reference stands behind, where a term that is on acts on them.
    """
    used = {selector_of(term, options) for term in active(options, terms)} | {"own"}
    return [name for name in SELECTORS if name in used]


def whole_reads(
    options: Loss,
    claims: tuple[Claim, ...],
    clauses: tuple[Claim, ...] | None,
    length: int,
    terms: Sequence[Term] = TERMS,
) -> dict[str, tuple[int, ...]]:
    """Tokens of each pass ("full", "video", "audio", "both") at which the loss looks at the whole vocabulary.

    Ascending; a pass without any is left out. `Sample.whole` needs rows there, for passes that the completion has.

    length: tokens of the completion. Raises OppoSwiftError (CLAUSES_MISSING).
    """
    tokens: dict[str, set[int]] = {name: set() for name in PASSES}
    for term in active(options, terms):
        picked = SELECTORS[selector_of(term, options)](claims, clauses)
        for name, asked in term.whole(picked, length, options).items():
            tokens[name] |= set(asked)
    return {name: tuple(sorted(found)) for name, found in tokens.items() if found}


def logged_names(options: Loss, terms: Sequence[Term] = TERMS) -> dict[str, str]:
    """Every key that `auxiliary_loss` can report under these settings, terms that are on and their metrics, and what it
    is called in logs.
    """
    on = active(options, terms)
    return {term.name: f"loss/{term.name}" for term in on} | {name: name for term in on for name in term.metrics}
