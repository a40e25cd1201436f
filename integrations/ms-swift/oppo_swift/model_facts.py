"""What the plugin must know of the model: media tokens, and where the logits are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .errors import OppoSwiftError


@dataclass(frozen=True)
class MediaTokens:
    """Placeholder ids in the prompt, and temporal positions a second."""

    video: int
    audio: int
    image: int
    positions_per_sec: float = 25.0

    @property
    def all(self) -> frozenset[int]:
        return frozenset((self.video, self.audio, self.image))


def media_tokens(config: Any) -> MediaTokens:
    """From a Qwen-Omni config; older ones say `..._token_index`, newer `..._token_id`.

    Raises OppoSwiftError (MODEL) for other models.
    """
    thinker = getattr(config, "thinker_config", config)
    found = {}
    for name in ("video", "audio", "image"):
        for suffix in ("id", "index"):
            value = getattr(thinker, f"{name}_token_{suffix}", None)
            if isinstance(value, int):
                found[name] = value
    if len(found) < 3:
        raise OppoSwiftError(
            "MODEL",
            f"{type(config).__name__} names no video, audio and image token",
            "the plugin knows Qwen2.5-Omni and Qwen3-Omni",
        )
    return MediaTokens(**found, positions_per_sec=float(getattr(thinker, "position_id_per_seconds", 25)))


def logits_layer(model: Any) -> Any:
    """The layer that makes the logits of text. Raises OppoSwiftError (MODEL) if there is not exactly one."""
    layers = [module for name, module in model.named_modules() if name.split(".")[-1] == "lm_head"]
    if len(layers) != 1:
        raise OppoSwiftError("MODEL", f"{len(layers)} layers are called lm_head, not one")
    return layers[0]


@contextmanager
def last_positions_only(layer: Any, count: int) -> Iterator[list[Any]]:
    """Logits of the last `count` positions alone: the model's own forward makes them for the whole prompt,
    1.2 GB in bfloat16 for 4,000 positions of Qwen2.5-Omni's vocabulary, and there are three forwards.

    Yields what the logits of each forward were made of: hidden states [B, count, H], with graph where there is one.
    """
    states: list[Any] = []

    def cut(_: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        states.append(inputs[0][:, -count:])
        return (states[-1], *inputs[1:])

    handle = layer.register_forward_pre_hook(cut)
    try:
        yield states
    finally:
        handle.remove()
