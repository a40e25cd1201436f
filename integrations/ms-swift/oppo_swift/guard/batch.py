"""Refusals on one rollout batch. Pure functions on ids, shapes and counts; tensors only need `.shape` or len."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

from ..errors import OppoSwiftError

# Replaced clips: the share that stops a run, and how many clips must have been drawn before it is judged.
MOST_REPLACED, REPLACED_AFTER = 0.25, 32
CLOCK_SLACK_SEC = 1.0
CLOCK_SLACK_SHARE = 0.2


def check_media(inputs: dict[str, Any], rows: int) -> None:
    """Both streams reach the model, one of each per completion.

    Raises OppoSwiftError: VIDEO_MISSING, AUDIO_MISSING, MEDIA_COUNT.
    """
    needed = {
        "VIDEO_MISSING": ("pixel_values_videos", "check the column `videos` and its <video> tag"),
        "AUDIO_MISSING": (
            "input_features",
            "set USE_AUDIO_IN_VIDEO=true, or give `audios` and an <audio> tag; does the clip have sound?",
        ),
    }
    for code, (key, hint) in needed.items():
        if inputs.get(key) is None:
            stream = code.split("_")[0].lower()
            raise OppoSwiftError(code, f"no {stream} reaches the model: the batch has no {key}", hint)
    if inputs.get("pixel_values") is not None:
        raise OppoSwiftError("MEDIA_COUNT", "the batch holds images as well as videos; only clips are supported")
    counts = {"videos": len(inputs["video_grid_thw"]), "sounds": len(inputs["input_features"])}
    for name, count in counts.items():
        if count != rows:
            raise OppoSwiftError("MEDIA_COUNT", f"{rows} completions but {count} {name}: one of each is needed")


def check_placeholders(ids: Sequence[Sequence[int]], video_token: int, audio_token: int) -> None:
    """Every prompt has places for both streams. Raises OppoSwiftError (PLACEHOLDERS)."""
    for row, sequence in enumerate(ids):
        for name, token in (("video", video_token), ("audio", audio_token)):
            if token not in sequence:
                raise OppoSwiftError("PLACEHOLDERS", f"prompt {row} of the batch has no {name} token")


def check_sampled(ids: Sequence[Sequence[int]], media_tokens: Collection[int]) -> None:
    """No completion holds a media placeholder. Raises OppoSwiftError (MEDIA_TOKEN_SAMPLED)."""
    for row, sequence in enumerate(ids):
        found = [token for token in sequence if token in media_tokens]
        if found:
            raise OppoSwiftError(
                "MEDIA_TOKEN_SAMPLED",
                f"completion {row} contains the media token {found[0]}: the model would look for media there",
                "list the media tokens in `suppress_tokens` of generation_config.json (vLLM: logit_bias)",
            )


def check_trained_ids(sampled: Sequence[int], trained: Sequence[int], row: int) -> None:
    """The trained tokens are the sampled ones. Raises OppoSwiftError (TOKENS_DIFFER)."""
    if list(sampled) != list(trained):
        raise OppoSwiftError(
            "TOKENS_DIFFER",
            f"completion {row}: {len(sampled)} tokens were sampled, {len(trained)} are trained, and they differ",
            "the template changes completions; evidence would sit on wrong tokens",
        )


def check_prompt_length(rollout: int | None, trained: int, row: int) -> None:
    """Rollout and trainer saw the same prompt. Raises OppoSwiftError (PROMPT_DIFFERS)."""
    if rollout is not None and rollout != trained:
        raise OppoSwiftError(
            "PROMPT_DIFFERS",
            f"completion {row}: its prompt had {rollout} tokens in the rollout and {trained} in training",
            "a rollout server needs the trainer's environment: USE_AUDIO_IN_VIDEO, FPS*, *_PIXELS",
        )


def check_clock(video_sec: float, audio_sec: float, row: int) -> None:
    """Picture and sound last equally long in the model's positions, seconds. Raises OppoSwiftError (CLOCK)."""
    slack = max(CLOCK_SLACK_SEC, CLOCK_SLACK_SHARE * max(video_sec, audio_sec))
    if abs(video_sec - audio_sec) > slack:
        raise OppoSwiftError(
            "CLOCK",
            f"clip {row}: the frames are laid over {video_sec:.1f} s, the sound over {audio_sec:.1f} s",
            "do both tracks of the file last equally long? Sound is cut after 300 s. An ms-swift that lays capped "
            "frames over too short a time (4.6 does not) needs FPS=2 and FPS_MAX_FRAMES above twice the seconds",
        )


def check_silence(silent: Sequence[bool]) -> None:
    """Not every clip is silent. Raises OppoSwiftError (SILENT)."""
    if silent and all(silent):
        raise OppoSwiftError(
            "SILENT",
            "every clip of the batch is digital silence",
            "is the sound track empty, or was it lost in conversion?",
        )


def check_replaced(replaced: float, seen: float) -> None:
    """Clips that could not be encoded, in whose place ms-swift drew others. Raises OppoSwiftError (REPLACED)."""
    if seen >= REPLACED_AFTER and replaced > MOST_REPLACED * seen:
        raise OppoSwiftError(
            "REPLACED",
            f"{replaced:.0f} of {seen:.0f} clips could not be encoded, and others were trained in their place",
            "run oppo-swift-check on the dataset; its longest clips may need a larger --max_length",
        )


def check_empty(lengths: Sequence[int], limit: float) -> None:
    """Completions of nothing or an end token only. Raises OppoSwiftError (EMPTY_COMPLETIONS)."""
    rate = sum(length <= 1 for length in lengths) / max(1, len(lengths))
    if rate > limit:
        raise OppoSwiftError(
            "EMPTY_COMPLETIONS",
            f"{rate:.0%} of the completions are empty, more than guards.max_empty_rate {limit:.0%}",
            "is the chat template the model's own, and does the prompt fit in --max_length?",
        )


def check_finite(name: str, value: float) -> None:
    """Raises OppoSwiftError (NOT_FINITE)."""
    if not math.isfinite(value):
        raise OppoSwiftError("NOT_FINITE", f"{name} is {value}", "lower the learning rate; try float32")


def check_rollout_gap(gap: float, limit: float) -> None:
    """Sampler and trainer agree on fresh weights. Raises OppoSwiftError (ROLLOUT_GAP)."""
    check_finite("the gap between rollout and training log-probs", gap)
    if gap > limit:
        raise OppoSwiftError(
            "ROLLOUT_GAP",
            f"log-probs of rollout and trainer differ by {gap:.3f} nats a token on the same weights, more than "
            f"guards.max_rollout_logp_gap {limit:g}",
            "the two see different prompts, media or precision",
        )
