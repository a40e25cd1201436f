"""Ways to hide a stream, with the words of src/prompt/masks.ts; tests/test_terms.py compares. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

STREAMS = ("video", "audio")


@dataclass(frozen=True)
class MaskKind:
    """One way to hide a stream.

    partial: the stream still shows something, so claiming about it is not blind. needs_donor: another clip's stream
    takes the place. streams: those it can hide. formerly: what it was called for one stream in older settings.
    """

    id: str
    partial: bool
    needs_donor: bool
    streams: tuple[str, ...]
    formerly: tuple[tuple[str, str], ...] = ()


KINDS: tuple[MaskKind, ...] = (
    MaskKind(
        "blank",
        partial=False,
        needs_donor=False,
        streams=STREAMS,
        formerly=(("video", "black"), ("audio", "silence")),
    ),
    MaskKind("swap", partial=True, needs_donor=True, streams=STREAMS),
    MaskKind("mean", partial=False, needs_donor=False, streams=("video",)),
)


def mask_kind(name: str) -> MaskKind:
    """The kind of that id."""
    return next(kind for kind in KINDS if kind.id == name)


def ids_of(stream: str) -> tuple[str, ...]:
    """Kinds that can hide `stream`."""
    return tuple(kind.id for kind in KINDS if stream in kind.streams)


def renamed(stream: str) -> dict[str, str]:
    """Older words for kinds of `stream`, with today's."""
    return {word: kind.id for kind in KINDS for own, word in kind.formerly if own == stream}
