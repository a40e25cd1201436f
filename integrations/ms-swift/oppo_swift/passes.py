"""Which completion gets which stream hidden, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from . import masks
from .config import Masks
from .draws import Draw
from .errors import OppoSwiftError
from .mask_kinds import JOINT, STREAMS, streams_of
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
    """One forward over a micro-batch.

    streams: what is hidden in each row, "video", "audio" or "both". donors, draws: by row and stream, what a swapped
    one is replaced by, and what of one masked by ratio is hidden.
    """

    streams: dict[int, str]
    donors: dict[tuple[int, str], Donor] = field(default_factory=dict)
    draws: dict[tuple[int, str], Draw] = field(default_factory=dict)

    @property
    def joint(self) -> bool:
        """Are both streams hidden at once?"""
        return JOINT in self.streams.values()

    def rows(self, stream: str) -> list[int]:
        """Rows in which `stream` is hidden."""
        return [row for row, hidden in self.streams.items() if stream in streams_of(hidden)]


@dataclass(frozen=True)
class Row:
    """A completion's place: micro-batch, row in it, and what decides about its passes."""

    batch: int
    row: int
    clip_id: str
    label: str
    group: int


def deal(
    rows: Sequence[Row], batches: Sequence[dict[str, Any]], plan: Masks, turn: int, *, joint: bool = False
) -> list[list[Pass]]:
    """The passes of every micro-batch: two with schedule "both", one with "alternate"; with `joint` one more, last,
    in which both streams are hidden at once.

    Alternating hides one stream of a group of completions and the other stream of the next, and the reverse at
    the next turn: independent of what the completions say. The number of passes is the same on every rank.
    Masking by ratio draws anew for each turn, group and pass, by `plan.seed`: completions of a group see the same,
    and so does a resumed run.

    Raises OppoSwiftError (MASK_DONOR) if a stream shall be swapped and no other clip of equal shape is there.
    """
    passes: list[list[Pass]] = []
    for index, inputs in enumerate(batches):
        own = [row for row in rows if row.batch == index]
        if plan.schedule == "both":
            dealt = [{row.row: stream for row in own} for stream in STREAMS]
        else:
            dealt = [{row.row: STREAMS[(row.group + turn) % 2] for row in own}]
        if joint:
            dealt.append({row.row: JOINT for row in own})
        passes.append(
            [
                Pass(
                    streams,
                    _donors(own, streams, rows, batches, plan),
                    _draws(own, streams, plan, turn),
                )
                for streams in dealt
            ]
        )
    return passes


def hidden_inputs(inputs: dict[str, Any], chosen: Pass, fills: Fills) -> dict[str, Any]:
    """Shallow copy of `inputs` with the streams of the pass hidden."""
    for stream in STREAMS:
        donors = {row: donor for (row, own), donor in chosen.donors.items() if own == stream}
        draws = {row: draw for (row, own), draw in chosen.draws.items() if own == stream}
        filled = [row for row in chosen.rows(stream) if row not in donors and row not in draws]
        if stream == "video":
            inputs = masks.hide_video(inputs, filled, fills.video) if filled else inputs
            inputs = masks.swap_video(inputs, donors) if donors else inputs
            inputs = masks.zero_video(inputs, draws) if draws else inputs
        else:
            inputs = masks.hide_audio(inputs, filled, fills.audio) if filled else inputs
            inputs = masks.swap_audio(inputs, donors) if donors else inputs
            inputs = masks.zero_audio(inputs, draws) if draws else inputs
    return inputs


def _draws(
    own: Sequence[Row], streams: dict[int, str], plan: Masks, turn: int
) -> dict[tuple[int, str], Draw]:
    kinds = plan.kinds()
    return {
        (row.row, stream): Draw(
            plan.ratio, plan.unit, f"{plan.seed}/{turn}/{row.group}/{streams[row.row]}/{stream}"
        )
        for row in own
        for stream in streams_of(streams[row.row])
        if kinds[stream].needs_ratio
    }


def _donors(
    own: Sequence[Row],
    streams: dict[int, str],
    rows: Sequence[Row],
    batches: Sequence[dict[str, Any]],
    plan: Masks,
) -> dict[tuple[int, str], Donor]:
    kinds = plan.kinds()
    return {
        (row.row, stream): _donor(row, stream, rows, batches)
        for row in own
        for stream in streams_of(streams[row.row])
        if kinds[stream].needs_donor
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
