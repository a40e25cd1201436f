"""Hiding a stream in an encoded batch: the media tensor is replaced, nothing else changes.

Same ids, grids, masks and positions, hence the same tokens in every pass. Replacing `pixel_values_videos` by
the row of a black frame, or `input_features` by the features of silence, gives what encoding a black or silent
clip gives (tests/test_masks.py), with no second decoding. Masking by ratio sets numbers of these tensors to zero:
what the encoders read, where 0 is the mean colour of a picture, and of a sound a log-mel feature, not silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from .draws import Draw
from .errors import OppoSwiftError

VIDEO_KEY, AUDIO_KEY = "pixel_values_videos", "input_features"
GRID_KEY, FRAMES_KEY = "video_grid_thw", "feature_attention_mask"
KEYS = {"video": VIDEO_KEY, "audio": AUDIO_KEY}


@dataclass(frozen=True)
class Donor:
    """Row `row` of an encoded micro-batch, whose stream stands in for a hidden one."""

    inputs: dict[str, Any]
    row: int


def visual_row(processor: Any, fill: str) -> torch.Tensor:
    """One row of `pixel_values_videos` [channels * temporal_patch * patch^2] of a hidden frame.

    fill: "mean" is the colour that normalises to zero; any other kind's frame is black.
    """
    pixels = processor.temporal_patch_size * processor.patch_size**2
    mean, std = torch.tensor(processor.image_mean), torch.tensor(processor.image_std)
    value = torch.zeros_like(mean) if fill == "mean" else -mean / std
    return value.repeat_interleave(pixels)


def silence_value(extractor: Any) -> float:
    """The feature of silence, the same in every bin and frame, from the extractor itself.

    Raises OppoSwiftError (SILENCE) if the extractor turns zeros into anything but a constant.
    """
    import numpy

    rate = extractor.sampling_rate
    features = extractor(numpy.zeros(rate, dtype=numpy.float32), sampling_rate=rate, return_tensors="np")
    values = features["input_features"]
    if float(values.max() - values.min()) > 1e-5:
        raise OppoSwiftError(
            "SILENCE",
            f"silence has features from {values.min():g} to {values.max():g}: not a constant",
            "this feature extractor needs a mask of its own",
        )
    return float(values.flat[0])


def patches_per_row(inputs: dict[str, Any]) -> list[int]:
    """Rows of `pixel_values_videos` that belong to each video."""
    return [int(count) for count in inputs[GRID_KEY].prod(dim=-1)]


def valid_frames(inputs: dict[str, Any], row: int) -> int:
    """Feature frames of a row's audio that are not padding."""
    return int(inputs[FRAMES_KEY][row].sum())


def hide_video(inputs: dict[str, Any], rows: Sequence[int], fill: torch.Tensor) -> dict[str, Any]:
    """A shallow copy of `inputs` in which the videos of `rows` are replaced by the row `fill`."""
    pixels = inputs[VIDEO_KEY].clone()
    ends = _ends(patches_per_row(inputs))
    for row in rows:
        pixels[ends[row] : ends[row + 1]] = fill.to(pixels)
    return {**inputs, VIDEO_KEY: pixels}


def hide_audio(inputs: dict[str, Any], rows: Sequence[int], value: float) -> dict[str, Any]:
    """A shallow copy of `inputs` in which the sound of `rows` is silence, padding included."""
    features = inputs[AUDIO_KEY].clone()
    features[list(rows)] = value
    return {**inputs, AUDIO_KEY: features}


def swap_video(inputs: dict[str, Any], donors: dict[int, Donor]) -> dict[str, Any]:
    """A shallow copy of `inputs` in which the videos of some rows are their donors'. Grids must be equal."""
    pixels = inputs[VIDEO_KEY].clone()
    ends = _ends(patches_per_row(inputs))
    for row, donor in donors.items():
        theirs = _ends(patches_per_row(donor.inputs))
        source = donor.inputs[VIDEO_KEY][theirs[donor.row] : theirs[donor.row + 1]]
        pixels[ends[row] : ends[row + 1]] = source.to(pixels)
    return {**inputs, VIDEO_KEY: pixels}


def swap_audio(inputs: dict[str, Any], donors: dict[int, Donor]) -> dict[str, Any]:
    """A shallow copy of `inputs` in which the sound of some rows is their donors'. Lengths must be equal."""
    features = inputs[AUDIO_KEY].clone()
    for row, donor in donors.items():
        features[row] = 0.0
        source = donor.inputs[AUDIO_KEY][donor.row]
        width = min(source.shape[-1], features.shape[-1])
        features[row, :, :width] = source[:, :width].to(features)
    return {**inputs, AUDIO_KEY: features}


def zero_video(inputs: dict[str, Any], draws: Mapping[int, Draw]) -> dict[str, Any]:
    """A shallow copy of `inputs` in which a share of the videos of some rows is 0. A step is a temporal patch."""
    pixels = inputs[VIDEO_KEY].clone()
    ends = _ends(patches_per_row(inputs))
    for row, draw in draws.items():
        steps = int(inputs[GRID_KEY][row][0])
        own = pixels[ends[row] : ends[row + 1]].view(steps, -1)
        own.masked_fill_(draw.hidden(*own.shape).to(own.device), 0.0)
    return {**inputs, VIDEO_KEY: pixels}


def zero_audio(inputs: dict[str, Any], draws: Mapping[int, Draw]) -> dict[str, Any]:
    """A shallow copy of `inputs` in which a share of the sound of some rows is 0. A step is a feature frame.

    Padding, which the encoder does not read, stays.
    """
    features = inputs[AUDIO_KEY].clone()
    for row, draw in draws.items():
        own = features[row, :, : valid_frames(inputs, row)]
        own.masked_fill_(draw.hidden(own.shape[1], own.shape[0]).T.to(own.device), 0.0)
    return {**inputs, AUDIO_KEY: features}


def shape_of(inputs: dict[str, Any], row: int, stream: str) -> tuple[int, ...]:
    """What two clips must share to be swapped: the grid of a video, the valid frames of a sound."""
    if stream == "video":
        return tuple(int(size) for size in inputs[GRID_KEY][row])
    return (valid_frames(inputs, row),)


def _ends(counts: Sequence[int]) -> list[int]:
    ends = [0]
    for count in counts:
        ends.append(ends[-1] + count)
    return ends
