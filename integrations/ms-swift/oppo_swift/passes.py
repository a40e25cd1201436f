"""Which completion gets which stream hidden, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from . import masks
from .config import Masks
from .errors import OppoSwiftError
from .mask_kinds import STREAMS
from .masks import Donor

@dataclass(frozen=True)
class Fills:
    """What a hidden stream looks like to the encoders."""

    video: torch.Tensor
    audio: float

    @staticmethod
    def of(processor: Any, plan: Masks) -> Fills:
        """What this model's own processor makes of a black or mean-coloured frame, and of silence."""
        return Fills(
            masks.visual_row(processor.video_processor, plan.visual),
            masks.silence_value(processor.feature_extractor),
        )


@dataclass(frozen=True)
class Pass:
    """One forward over a micro-batch: the stream hidden in each row, and the donor of each swapped row."""

    streams: dict[int, str]
    donors: dict[int, Donor]


@dataclass(frozen=True)
class Row:
    """A completion's place: micro-batch, row in it, and what decides about its passes."""

    batch: int
    row: int
    clip_id: str
    label: str
    group: int


def deal(rows: Sequence[Row], batches: Sequence[dict[str, Any]], plan: Masks, turn: int) -> list[list[Pass]]:
    """The passes of every micro-batch: two with schedule "both", one with "alternate".

    Alternating hides one stream of a group of completions and the other stream of the next, and the reverse at
    the next turn: independent of what the completions say. The number of passes is the same on every rank.

    Raises OppoSwiftError (MASK_DONOR) if a stream shall be swapped and no other clip of equal shape is there.
    """
    passes: list[list[Pass]] = []
    for index, inputs in enumerate(batches):
        own = [row for row in rows if row.batch == index]
        if plan.schedule == "both":
            dealt = [{row.row: stream for row in own} for stream in STREAMS]
        else:
            dealt = [{row.row: STREAMS[(row.group + turn) % 2] for row in own}]
        passes.append([Pass(streams, _donors(own, streams, inputs, rows, batches, plan)) for streams in dealt])
    return passes


def hidden_inputs(inputs: dict[str, Any], chosen: Pass, fills: Fills) -> dict[str, Any]:
    """Shallow copy of `inputs` with the streams of the pass hidden."""
    blank = {
        stream: [row for row, own in chosen.streams.items() if own == stream and row not in chosen.donors]
        for stream in STREAMS
    }
    swapped = {
        stream: {row: donor for row, donor in chosen.donors.items() if chosen.streams[row] == stream}
        for stream in STREAMS
    }
    if blank["video"]:
        inputs = masks.hide_video(inputs, blank["video"], fills.video)
    if blank["audio"]:
        inputs = masks.hide_audio(inputs, blank["audio"], fills.audio)
    if swapped["video"]:
        inputs = masks.swap_video(inputs, swapped["video"])
    if swapped["audio"]:
        inputs = masks.swap_audio(inputs, swapped["audio"])
    return inputs


def _donors(
    own: Sequence[Row],
    streams: dict[int, str],
    inputs: dict[str, Any],
    rows: Sequence[Row],
    batches: Sequence[dict[str, Any]],
    plan: Masks,
) -> dict[int, Donor]:
    kinds = plan.kinds()
    return {
        row.row: _donor(row, streams[row.row], rows, batches)
        for row in own
        if kinds[streams[row.row]].needs_donor
    }


def _donor(row: Row, stream: str, rows: Sequence[Row], batches: Sequence[dict[str, Any]]) -> Donor:
    """The next clip of equal shape, of another label if there is one: what is true of it is often true here too."""
    wanted = masks.shape_of(batches[row.batch], row.row, stream)
    at = rows.index(row)
    others = [
        other
        for other in [*rows[at + 1 :], *rows[:at]]
        if other.clip_id != row.clip_id and masks.shape_of(batches[other.batch], other.row, stream) == wanted
    ]
    if not others:
        raise OppoSwiftError(
            "MASK_DONOR",
            f"no other clip on this rank has a {stream} stream of the shape {wanted} of clip {row.clip_id!r}, "
            "so there is nothing to swap with",
            "swap masks need at least two clips of equal length and frame size per rank and rollout batch: raise "
            "--per_device_train_batch_size or --gradient_accumulation_steps above --num_generations, cut clips to "
            "one length, or use blank masks",
        )
    chosen = next((other for other in others if other.label != row.label), others[0])
    return Donor(batches[chosen.batch], chosen.row)
