"""Evidence of completions and the tokens it stands on: a request to /v1/evidence for a whole rollout batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .client import ServiceClient
from .errors import OppoSwiftError
from .loss.sample import MODALITIES, Claim
from .spans import Span, token_finder


@dataclass(frozen=True)
class Completion:
    """A sampled completion: exact text, range of each token in it (code points), reference of its clip."""

    id: str
    text: str
    offsets: Sequence[Span]
    reference: str | None


def locate_claims(
    client: ServiceClient, completions: Sequence[Completion], with_match: bool
) -> list[tuple[Claim, ...]]:
    """Claims of each completion on its tokens, in order.

    Raises ServiceError when the service cannot be had; OppoSwiftError (REFERENCE_MISSING, SERVICE_MATCH,
    SPAN_OFFSET) when what it says cannot be used.
    """
    why = "the loss weighs claims by their match" if with_match else None
    return [
        claims_on_tokens(result, completion, with_match)
        for completion, result in zip(completions, _asked(client, completions, "own", why), strict=True)
    ]


def locate_clauses(client: ServiceClient, completions: Sequence[Completion]) -> list[tuple[Claim, ...]]:
    """Clauses of each completion that a cue of its reference stands behind, on its tokens, in order.

    Raises as `locate_claims`.
    """
    results = _asked(client, completions, "reference", "the reference picks the evidence")
    return [
        clauses_on_tokens(result, completion) for completion, result in zip(completions, results, strict=True)
    ]


def _asked(
    client: ServiceClient, completions: Sequence[Completion], selector: str, why: str | None
) -> list[dict[str, Any]]:
    """Answers of /v1/evidence. why: what the reference is needed for; None sends none."""
    items = []
    for completion in completions:
        item = {"id": completion.id, "text": completion.text}
        if why is not None:
            if not completion.reference:
                raise OppoSwiftError(
                    "REFERENCE_MISSING",
                    f"completion {completion.id} has no reference, and {why}",
                    "every line of the dataset needs a column `reference`",
                )
            item["reference"] = completion.reference
        items.append(item)
    return client.evidence(items, "code_point", selector) if items else []


def claims_on_tokens(result: dict[str, Any], completion: Completion, with_match: bool) -> tuple[Claim, ...]:
    """One answer of /v1/evidence as claims on tokens, by the rules of src/cues/evidence.ts."""
    located: list[Claim] = []
    begun: set[str] = set()
    first_token = token_finder(completion.offsets)
    spans_of: dict[int, list[Span]] = {}
    for raw in result["spans"]:
        spans_of.setdefault(raw["claim"], []).append(_span(raw, completion))
    for index, claim in enumerate(result["claims"]):
        modality = claim["modality"]
        if modality not in MODALITIES or claim.get("repeated"):
            continue
        tokens = (first_token(span) for span in spans_of.get(index, []))
        heads = tuple(dict.fromkeys(token for token in tokens if token is not None))
        if not heads:
            continue
        onset = None if modality in begun else first_token(_span(claim, completion))
        begun.add(modality)
        located.append(Claim(modality, heads, _match(claim, completion, with_match), onset))
    return tuple(located)


def clauses_on_tokens(result: dict[str, Any], completion: Completion) -> tuple[Claim, ...]:
    """The same for selector `reference`: all tokens of a clause, as in src/cues/punctuated.ts."""
    located: list[Claim] = []
    begun: set[str] = set()
    for raw in result["spans"]:
        claim, modality = result["claims"][raw["claim"]], raw["modality"]
        start, end = _span(raw, completion)
        heads = tuple(
            token
            for token, (low, high) in enumerate(completion.offsets)
            if high > low and high > start and low < end
        )
        if modality not in MODALITIES or not heads:
            continue
        onset = None if modality in begun else heads[0]
        begun.add(modality)
        located.append(Claim(modality, heads, _match(claim, completion, True), onset))
    return tuple(located)


def _span(raw: dict[str, Any], completion: Completion) -> Span:
    start, end = raw["start"], raw["end"]
    if not 0 <= start <= end <= len(completion.text):
        raise OppoSwiftError(
            "SPAN_OFFSET",
            f"the service places a claim at {start}..{end} of {completion.id}, {len(completion.text)} long",
        )
    return start, end


def _match(claim: dict[str, Any], completion: Completion, with_match: bool) -> float:
    match = claim.get("match")
    if match is None:
        if with_match:
            raise OppoSwiftError(
                "SERVICE_MATCH",
                f"the service gave no match for a claim of {completion.id}",
                "the loss needs it: use an `oppo serve` whose /v1/evidence takes a reference",
            )
        return 0.0
    return float(match)
