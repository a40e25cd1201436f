"""Claims of completions and the tokens they stand on: one request to /v1/evidence for a whole rollout batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .client import ServiceClient
from .errors import OppoSwiftError
from .loss.sample import MODALITIES, Claim
from .spans import Span, first_token


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
    items = []
    for completion in completions:
        item = {"id": completion.id, "text": completion.text}
        if with_match:
            if not completion.reference:
                raise OppoSwiftError(
                    "REFERENCE_MISSING",
                    f"completion {completion.id} has no reference, and the loss weighs claims by their match",
                    "every line of the dataset needs a column `reference`",
                )
            item["reference"] = completion.reference
        items.append(item)
    results = client.evidence(items, "code_point") if items else []
    return [
        claims_on_tokens(result, completion, with_match)
        for completion, result in zip(completions, results, strict=True)
    ]


def claims_on_tokens(result: dict[str, Any], completion: Completion, with_match: bool) -> tuple[Claim, ...]:
    """One answer of /v1/evidence as claims on tokens, by the rules of src/cues/evidence.ts."""
    located: list[Claim] = []
    begun: set[str] = set()
    for index, claim in enumerate(result["claims"]):
        modality = claim["modality"]
        if modality not in MODALITIES or claim.get("repeated"):
            continue
        spans = [_span(raw, completion) for raw in result["spans"] if raw["claim"] == index]
        tokens = (first_token(span, completion.offsets) for span in spans)
        heads = tuple(dict.fromkeys(token for token in tokens if token is not None))
        if not heads:
            continue
        onset = None if modality in begun else first_token(_span(claim, completion), completion.offsets)
        begun.add(modality)
        located.append(Claim(modality, heads, _match(claim, completion, with_match), onset))
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
