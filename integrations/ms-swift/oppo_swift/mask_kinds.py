"""Ways to hide a stream, with the words of src/prompt/masks.ts; tests/test_terms.py compares. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

STREAMS = ("video", "audio")
# A pass in which both are hidden at once.
JOINT = "both"


@dataclass(frozen=True)
class MaskKind:
    """One way to hide a stream.

    partial: the stream still shows something, so claiming about it is not blind. needs_donor: another clip's stream
    takes the place. needs_ratio: hides a share, which may be all. streams: those it can hide.
    """

    id: str
    partial: bool
    needs_donor: bool
    streams: tuple[str, ...]
    needs_ratio: bool = False


KINDS: tuple[MaskKind, ...] = (
    MaskKind("blank", partial=False, needs_donor=False, streams=STREAMS),
    MaskKind("swap", partial=True, needs_donor=True, streams=STREAMS),
    MaskKind("ratio", partial=True, needs_donor=False, streams=STREAMS, needs_ratio=True),
    MaskKind("mean", partial=False, needs_donor=False, streams=("video",)),
)


def mask_kind(name: str) -> MaskKind:
    """The kind of that id."""
    return next(kind for kind in KINDS if kind.id == name)


def ids_of(stream: str) -> tuple[str, ...]:
    """Kinds that can hide `stream`."""
    return tuple(kind.id for kind in KINDS if stream in kind.streams)


def streams_of(hidden: str) -> tuple[str, ...]:
    """Streams that a pass hides: one, or both at once."""
    return STREAMS if hidden == JOINT else (hidden,)

