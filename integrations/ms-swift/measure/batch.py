"""A micro-batch: completions of one clip, as the trainer's collator hands them to the model, and another clip's."""

from __future__ import annotations

from typing import Any

import torch

from .sizes import Size

PATCH, TEMPORAL_PATCH, MERGE, CHANNELS, MEL_BINS = 14, 2, 2, 3, 128
SECONDS_PER_GRID, POSITIONS_PER_SECOND, SECONDS_PER_CHUNK = 1.0, 25, 2


def audio_tokens(frames: int) -> int:
    """Placeholders of a sound of that many feature frames."""
    return ((frames - 1) // 2 + 1 - 2) // 2 + 1


def video_tokens(size: Size) -> int:
    """Placeholders of the clip's video."""
    return size.clip.grids * size.clip.height * size.clip.width // MERGE**2


def media_ids(size: Size) -> list[int]:
    """Picture and sound in turn, two seconds of each, as with USE_AUDIO_IN_VIDEO."""
    tokens, clip = size.tokens, size.clip
    per_grid = video_tokens(size) // clip.grids
    heard = audio_tokens(clip.audio_frames)
    chunk = POSITIONS_PER_SECOND * SECONDS_PER_CHUNK
    ids: list[int] = [tokens.vision_start, tokens.audio_start]
    start = 0
    while start * SECONDS_PER_CHUNK < clip.grids * SECONDS_PER_GRID or start * chunk < heard:
        grids = sum(
            1 for grid in range(clip.grids) if int(grid * SECONDS_PER_GRID * POSITIONS_PER_SECOND) // chunk == start
        )
        ids += [tokens.video] * (grids * per_grid)
        ids += [tokens.audio] * max(0, min(chunk, heard - start * chunk))
        start += 1
    return [*ids, tokens.audio_end, tokens.vision_end]


def prompt_ids(size: Size, draw: torch.Generator) -> torch.Tensor:
    """[prompt]: some text, the clip, some text."""
    media = media_ids(size)
    words = size.prompt - len(media)
    if words < 2:
        raise ValueError(f"a prompt of {size.prompt} tokens has no room for a clip of {len(media)} and a question")
    text = torch.randint(size.tokens.text, (words,), generator=draw)
    return torch.cat([text[: words // 2], torch.tensor(media), text[words // 2 :]])


def clip_inputs(size: Size, seed: int) -> dict[str, torch.Tensor]:
    """Media of one random clip, once for each completion of the micro-batch."""
    draw = torch.Generator().manual_seed(seed)
    clip, rows = size.clip, size.rows
    patches = clip.grids * clip.height * clip.width
    pixels = torch.randn(patches, CHANNELS * TEMPORAL_PATCH * PATCH**2, generator=draw)
    features = torch.zeros(MEL_BINS, clip.audio_padded)
    features[:, : clip.audio_frames] = torch.randn(MEL_BINS, clip.audio_frames, generator=draw)
    heard = torch.zeros(clip.audio_padded, dtype=torch.long)
    heard[: clip.audio_frames] = 1
    return {
        "pixel_values_videos": pixels.repeat(rows, 1),
        "video_grid_thw": torch.tensor([[clip.grids, clip.height, clip.width]]).repeat(rows, 1),
        "video_second_per_grid": torch.full((rows,), SECONDS_PER_GRID),
        "input_features": features.repeat(rows, 1, 1),
        "feature_attention_mask": heard.repeat(rows, 1),
    }


def model_inputs(size: Size, seed: int, device: torch.device) -> dict[str, Any]:
    """Prompts and media of a micro-batch; `complete` appends the completions."""
    prompt = prompt_ids(size, torch.Generator().manual_seed(seed)).repeat(size.rows, 1)
    inputs = {**clip_inputs(size, seed), "input_ids": prompt, "attention_mask": torch.ones_like(prompt)}
    return {**{name: value.to(device) for name, value in inputs.items()}, "use_audio_in_video": True}


def complete(inputs: dict[str, Any], completions: torch.Tensor) -> dict[str, Any]:
    """The same inputs with completions [rows, completion] behind the prompts."""
    ids = torch.cat([inputs["input_ids"], completions], 1)
    return {**inputs, "input_ids": ids, "attention_mask": torch.ones_like(ids)}
