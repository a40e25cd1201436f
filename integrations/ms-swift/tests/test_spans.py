"""Tokens, characters and claims: the same answers as TypeScript (span_vectors.json)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pytest
from conftest import vectors

from oppo_swift.errors import OppoSwiftError
from oppo_swift.evidence import Completion, claims_on_tokens, clauses_on_tokens
from oppo_swift.spans import (
    byte_alphabet,
    decode,
    first_token,
    text_and_offsets,
    token_pieces,
    utf16_to_code_points,
)

VECTORS = vectors("span")
TEXTS = pytest.mark.parametrize("case", VECTORS["texts"], ids=[case["name"] for case in VECTORS["texts"]])


def pieces(case: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(token) for token in case["tokens"]]


@TEXTS
def test_text_and_offsets(case: dict[str, Any]) -> None:
    text, offsets = text_and_offsets(pieces(case))
    assert text == case["text"]
    assert [list(span) for span in offsets] == case["offsets"]


@TEXTS
def test_units(case: dict[str, Any]) -> None:
    utf16 = [tuple(span["utf16"]) for span in case["spans"]]
    converted = utf16_to_code_points(case["text"], utf16)
    assert [list(span) for span in converted] == [span["code_point"] for span in case["spans"]]


@TEXTS
def test_claims_stand_on_the_same_tokens(case: dict[str, Any]) -> None:
    _, offsets = text_and_offsets(pieces(case))
    answer = {
        "claims": case["claims"],
        "spans": [
            {"claim": index, "start": start, "end": end}
            for index, claim in enumerate(case["claims"])
            for start, end in claim["heads"]
        ],
    }
    located = claims_on_tokens(answer, Completion("r", case["text"], offsets, None), with_match=True)
    assert [
        {"modality": claim.modality, "heads": list(claim.heads), "match": claim.match, "onset": claim.onset}
        for claim in located
    ] == case["located"]


@TEXTS
def test_clauses_stand_on_the_same_tokens(case: dict[str, Any]) -> None:
    _, offsets = text_and_offsets(pieces(case))
    answer = {
        "claims": [{**clause, "text": ""} for clause in case["clauses"]],
        "spans": [{**clause, "claim": index} for index, clause in enumerate(case["clauses"])],
    }
    located = clauses_on_tokens(answer, Completion("r", case["text"], offsets, None))
    assert [
        {"modality": claim.modality, "heads": list(claim.heads), "match": claim.match, "onset": claim.onset}
        for claim in located
    ] == case["located_clauses"]


def test_vectors_hold_claims_emoji_and_other_scripts() -> None:
    assert sum(len(case["located"]) for case in VECTORS["texts"]) > 20
    assert sum(len(case["located_clauses"]) for case in VECTORS["texts"]) > 20
    assert any(span["utf16"] != span["code_point"] for case in VECTORS["texts"] for span in case["spans"])


@pytest.mark.parametrize("case", VECTORS["broken"], ids=[case["name"] for case in VECTORS["broken"]])
def test_broken_bytes_as_in_javascript(case: dict[str, Any]) -> None:
    text, offsets = text_and_offsets(pieces(case))
    assert text == case["text"]
    assert all(0 <= low <= high <= len(text) for low, high in offsets)


def test_decoder_is_pythons() -> None:
    draw = random.Random(0)
    leads = [0x41, 0x80, 0xBF, 0xC0, 0xC3, 0xE0, 0xE4, 0xED, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF, 0x9F, 0x90, 0xA0]
    for _ in range(20_000):
        raw = bytes(draw.choice(leads) for _ in range(draw.randrange(9)))
        text, owner = decode(raw)
        assert text == raw.decode("utf-8", "replace")
        assert len(owner) == len(raw) and owner == sorted(owner)
        assert set(owner) == set(range(len(text)))


def test_offsets_that_split_a_pair_or_leave_the_text() -> None:
    for span in ((0, 1), (1, 2), (0, 9)):
        with pytest.raises(OppoSwiftError, match="SPAN_OFFSET"):
            utf16_to_code_points("😀a", [span])


def test_span_beyond_the_text_is_refused() -> None:
    answer = {
        "claims": [{"modality": "visual", "start": 0, "end": 99, "match": 0.5}],
        "spans": [{"claim": 0, "start": 0, "end": 99}],
    }
    with pytest.raises(OppoSwiftError, match="SPAN_OFFSET"):
        claims_on_tokens(answer, Completion("r", "short", [(0, 5)], None), with_match=True)


def test_missing_match_is_refused_only_where_it_counts() -> None:
    answer = {
        "claims": [{"modality": "visual", "start": 0, "end": 5, "match": None}],
        "spans": [{"claim": 0, "start": 0, "end": 5}],
    }
    completion = Completion("r", "short", [(0, 5)], None)
    assert claims_on_tokens(answer, completion, with_match=False)[0].match == 0.0
    with pytest.raises(OppoSwiftError, match="SERVICE_MATCH"):
        claims_on_tokens(answer, completion, with_match=True)


def test_text_cut_before_the_span() -> None:
    assert first_token((4, 6), [(0, 2), (2, 4)]) is None
    assert first_token((4, 6), [(0, 2), (2, 2), (4, 4), (4, 5)]) == 3


@dataclass
class Added:
    special: bool
    content: str


class FakeTokenizer:
    """Byte-level tokens, a special one and an added plain one."""

    added_tokens_decoder = {7: Added(True, "<|im_end|>"), 8: Added(False, "<think>")}  # noqa: RUF012

    def convert_ids_to_tokens(self, ids: list[int]) -> list[str | None]:
        letters = {byte: character for character, byte in byte_alphabet().items()}
        table = {1: letters[0xF0] + letters[0x9F], 2: letters[0x98] + letters[0x80], 3: "Ġhi", 9: "日"}
        return [
            table.get(index) or (self.added_tokens_decoder[index].content if index in (7, 8) else None) for index in ids
        ]


def test_token_bytes() -> None:
    found = token_pieces(FakeTokenizer(), [8, 1, 2, 3, 7, 99])
    assert found == [b"<think>", b"\xf0\x9f", b"\x98\x80", b" hi", b"", b""]
    text, offsets = text_and_offsets(found)
    assert text == "<think>😀 hi"
    assert offsets == [(0, 7), (7, 8), (7, 8), (8, 11), (11, 11), (11, 11)]
    with pytest.raises(OppoSwiftError, match="TOKEN_BYTES"):
        token_pieces(FakeTokenizer(), [9])


def test_thousands_of_claims_are_placed_in_time_that_grows_with_their_number() -> None:
    def looks(number: int) -> int:
        counted = 0

        class Offsets(list[tuple[int, int]]):
            def __getitem__(self, index: Any) -> Any:
                nonlocal counted
                counted += 1
                return super().__getitem__(index)

            def __iter__(self) -> Any:
                nonlocal counted
                counted += len(self)
                return super().__iter__()

        offsets = Offsets((at, at + 2) for at in range(0, 2 * number, 2))
        answer = {
            "claims": [{"modality": "visual", "start": at, "end": at + 2} for at in range(0, 2 * number, 2)],
            "spans": [{"claim": at, "start": 2 * at, "end": 2 * at + 2} for at in range(number)],
        }
        located = claims_on_tokens(answer, Completion("r", "x " * number, offsets, None), with_match=False)
        assert [claim.heads for claim in located] == [(at,) for at in range(number)]
        return counted

    assert looks(2000) < 2.5 * looks(1000)
