"""Text of files that somebody hands in, and its lines."""

from __future__ import annotations

from pathlib import Path


def read_text(path: str | Path) -> str:
    """Text of a file in UTF-8, without a byte order mark.

    Raises OSError, and ValueError that names line and byte of another encoding.
    """
    raw = Path(path).read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # the mark is three bytes that the decoder does not count
        at = error.start + (3 if raw.startswith(b"\xef\xbb\xbf") else 0)
        line = raw.count(b"\n", 0, at) + 1
        raise ValueError(
            f"line {line}: byte {at + 1} (0x{raw[at]:02x}) is not UTF-8, perhaps UTF-16, GBK or Latin-1: save it as UTF-8"
        ) from None


def lines_of(text: str) -> list[str]:
    """Lines of a text; `str.splitlines` would cut them at U+2028, U+0085 and others, which are characters."""
    return text.split("\n")


def no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """For `object_pairs_hook` of json: a key that stands twice is refused, where json keeps the last."""
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} is given twice")
        found[name] = value
    return found
