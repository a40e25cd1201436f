"""Sampled tokens as exact bytes, characters and offsets. Pure Python.

Decoding a completion and tokenising the text again gives other tokens than were sampled. So the way goes from
ids to bytes to characters: every token knows its bytes, and every byte its character.

Offsets are Python's (code points), end exclusive. Bytes that are no UTF-8 become U+FFFD, one for each maximal
subpart, as `bytes.decode(errors="replace")` and the web's TextDecoder do.
"""

from __future__ import annotations

import bisect
import functools
from collections.abc import Callable, Sequence
from typing import Any

from .errors import OppoSwiftError

Span = tuple[int, int]

CONTINUATION = (0x80, 0xBF)
# First byte (low, high) -> continuation bytes, and the range of the first of them (Unicode, table 3-7).
LEADS = (
    ((0xC2, 0xDF), 1, CONTINUATION),
    ((0xE0, 0xE0), 2, (0xA0, 0xBF)),
    ((0xE1, 0xEC), 2, CONTINUATION),
    ((0xED, 0xED), 2, (0x80, 0x9F)),
    ((0xEE, 0xEF), 2, CONTINUATION),
    ((0xF0, 0xF0), 3, (0x90, 0xBF)),
    ((0xF1, 0xF3), 3, CONTINUATION),
    ((0xF4, 0xF4), 3, (0x80, 0x8F)),
)


def text_and_offsets(pieces: Sequence[bytes]) -> tuple[str, list[Span]]:
    """The text of `pieces` joined, and each piece's range of characters in it.

    A piece without bytes gets an empty range. Pieces that share a character both cover it.
    """
    text, owner = decode(b"".join(pieces))
    offsets: list[Span] = []
    at = 0
    for piece in pieces:
        end = at + len(piece)
        if piece:
            offsets.append((owner[at], owner[end - 1] + 1))
        else:
            here = owner[at] if at < len(owner) else len(text)
            offsets.append((here, here))
        at = end
    return text, offsets


def decode(raw: bytes) -> tuple[str, list[int]]:
    """Text of `raw`, and for each byte the index of the character it belongs to."""
    characters: list[str] = []
    owner: list[int] = []
    at = 0
    while at < len(raw):
        size, valid = _sequence(raw, at)
        owner.extend([len(characters)] * size)
        characters.append(raw[at : at + size].decode() if valid else "�")
        at += size
    return "".join(characters), owner


def _sequence(raw: bytes, at: int) -> tuple[int, bool]:
    """Length of the sequence or maximal subpart at `at`, and whether it is a character."""
    if raw[at] < 0x80:
        return 1, True
    lead = next((lead for lead in LEADS if lead[0][0] <= raw[at] <= lead[0][1]), None)
    if lead is None:
        return 1, False
    _, wanted, first = lead
    size = 1
    while size <= wanted and at + size < len(raw):
        bounds = first if size == 1 else CONTINUATION
        if not bounds[0] <= raw[at + size] <= bounds[1]:
            return size, False
        size += 1
    return size, size == wanted + 1


def token_pieces(tokenizer: Any, ids: Sequence[int]) -> list[bytes]:
    """Exact bytes of each token of a byte-level tokenizer (Qwen's). Special tokens have none.

    Raises OppoSwiftError (TOKEN_BYTES) on a token that is not made of byte-level characters.
    """
    added = tokenizer.added_tokens_decoder
    pieces = []
    for index, token in zip(ids, tokenizer.convert_ids_to_tokens(list(ids)), strict=True):
        if index in added:
            pieces.append(b"" if added[index].special else added[index].content.encode())
        elif token is None:  # an id beyond the vocabulary: the embedding has padding rows
            pieces.append(b"")
        else:
            pieces.append(_token_bytes(index, token))
    return pieces


def _token_bytes(index: int, token: str) -> bytes:
    alphabet = byte_alphabet()
    try:
        return bytes(alphabet[character] for character in token)
    except KeyError as missing:
        raise OppoSwiftError(
            "TOKEN_BYTES",
            f"token {index} ({token!r}) holds {missing}, which is no byte-level character",
            "the plugin needs a byte-level tokenizer such as Qwen's",
        ) from None


@functools.cache
def byte_alphabet() -> dict[str, int]:
    """Character -> byte of GPT-2's byte-level alphabet: printable bytes are themselves, others from U+0100."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + n): byte for n, byte in enumerate(others)}


def token_finder(offsets: Sequence[Span]) -> Callable[[Span], int | None]:
    """Says which token is the first that covers a character of a range, as in src/cues/evidence.ts; None if cut
    before it. The tokens are gone through once, not once a range."""
    solid = [index for index, (low, high) in enumerate(offsets) if high > low]
    ends = [offsets[index][1] for index in solid]

    def first(span: Span) -> int | None:
        at = bisect.bisect_right(ends, span[0])
        return solid[at] if at < len(solid) and offsets[solid[at]][0] < span[1] else None

    return first


def first_token(span: Span, offsets: Sequence[Span]) -> int | None:
    """First token that covers a character of `span`; None if the text was cut before it."""
    return token_finder(offsets)(span)


def utf16_to_code_points(text: str, spans: Sequence[Span]) -> list[Span]:
    """Ranges in UTF-16 units (JavaScript's) as ranges in code points.

    Raises OppoSwiftError (SPAN_OFFSET) on an offset outside the text or inside a surrogate pair.
    """
    position = {0: 0}
    units = 0
    for index, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        position[units] = index + 1
    converted = []
    for start, end in spans:
        if start not in position or end not in position:
            raise OppoSwiftError(
                "SPAN_OFFSET",
                f"the range {start}..{end} leaves the text of {units} UTF-16 units or splits a surrogate pair",
                "offsets must come from the very same text",
            )
        converted.append((position[start], position[end]))
    return converted
