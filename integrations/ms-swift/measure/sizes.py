"""Sizes of the model and of its batch. `7b` has the shapes of Qwen2.5-Omni-7B's thinker, `tiny` those of a test."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Tokens:
    """Ids that mark media in a prompt; ordinary text has ids below `text`."""

    text: int
    audio: int
    video: int
    image: int
    vision_start: int
    vision_end: int
    audio_start: int
    audio_end: int


@dataclass(frozen=True)
class Clip:
    """grids, height, width: of the video, in patches (one grid is two frames, a second). audio_frames: of sound, 100 a
    second. audio_padded: what the extractor pads to.
    """

    grids: int
    height: int
    width: int
    audio_frames: int
    audio_padded: int


@dataclass(frozen=True)
class Size:
    """prompt, completion: tokens. rows: completions of a micro-batch, of one clip. rank, alpha: of LoRA on all linear
    layers of the text model. clause: tokens of one.
    """

    name: str
    text: dict[str, Any]
    vision: dict[str, Any]
    audio: dict[str, Any]
    tokens: Tokens
    clip: Clip
    prompt: int
    completion: int
    rows: int = 2
    rank: int = 16
    alpha: int = 32
    clause: int = 12
    rope: dict[str, Any] = field(default_factory=dict)

    def batch(self) -> dict[str, Any]:
        """What the report says of the batch."""
        names = ("prompt", "completion", "rows", "rank", "alpha", "clause")
        return {**{name: getattr(self, name) for name in names}, "clip": asdict(self.clip)}


# Defaults of transformers' Qwen2_5OmniThinkerConfig but for the width of the vision encoder: 3584 there, 1280 in the
# published model. Written out, so that another version of transformers measures the same model.
SEVEN_B = Size(
    name="7b",
    text={
        "vocab_size": 152064,
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 28,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
    },
    vision={
        "depth": 32,
        "hidden_size": 1280,
        "intermediate_size": 3420,
        "num_heads": 16,
        "window_size": 112,
        "out_hidden_size": 3584,
        "fullatt_block_indexes": [7, 15, 23, 31],
    },
    audio={
        "encoder_layers": 32,
        "encoder_attention_heads": 20,
        "encoder_ffn_dim": 5120,
        "d_model": 1280,
        "n_window": 100,
        "output_dim": 3584,
    },
    rope={"rope_theta": 1000000.0, "mrope_section": [16, 24, 24]},
    tokens=Tokens(151643, 151646, 151656, 151655, 151652, 151653, 151647, 151648),
    # 10 s at 2 frames a second and 100,352 pixels a frame: 10 grids of 128 tokens, and 250 of sound.
    clip=Clip(grids=10, height=16, width=32, audio_frames=1000, audio_padded=30000),
    prompt=1700,
    completion=512,
)

TINY = Size(
    name="tiny",
    text={
        "vocab_size": 640,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
    },
    vision={
        "depth": 2,
        "hidden_size": 64,
        "intermediate_size": 64,
        "num_heads": 4,
        "window_size": 112,
        "out_hidden_size": 64,
        "fullatt_block_indexes": [1],
    },
    audio={
        "encoder_layers": 1,
        "encoder_attention_heads": 4,
        "encoder_ffn_dim": 64,
        "d_model": 64,
        "n_window": 100,
        "output_dim": 64,
    },
    rope={"rope_theta": 1000000.0, "mrope_section": [2, 3, 3]},
    tokens=Tokens(600, 601, 602, 603, 604, 605, 606, 607),
    clip=Clip(grids=4, height=4, width=4, audio_frames=400, audio_padded=600),
    prompt=140,
    completion=24,
    rank=4,
    alpha=8,
    clause=3,
)

SIZES = {size.name: size for size in (TINY, SEVEN_B)}
