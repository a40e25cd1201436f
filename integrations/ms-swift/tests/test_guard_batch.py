"""Each refusal on a batch, and each that takes several steps, by its fault."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import settings_data

from oppo_swift.config import Guards
from oppo_swift.errors import OppoSwiftError
from oppo_swift.fields import read
from oppo_swift.guard import batch
from oppo_swift.guard.watch import CLIPPED_STEPS, Watch


def refused(code: str) -> Any:
    return pytest.raises(OppoSwiftError, match=rf"\[{code}\]")


def media(**changes: Any) -> dict[str, Any]:
    return {
        "pixel_values_videos": [[0.0]],
        "video_grid_thw": [[1, 2, 2]] * 2,
        "input_features": [[[0.0]]] * 2,
        **changes,
    }


def test_media() -> None:
    batch.check_media(media(), 2)
    with refused("AUDIO_MISSING") as caught:
        batch.check_media(media(input_features=None), 2)
    assert "USE_AUDIO_IN_VIDEO" in str(caught.value)
    with refused("VIDEO_MISSING"):
        batch.check_media(media(pixel_values_videos=None), 2)
    for wrong in (
        {"video_grid_thw": [[1, 2, 2]]},
        {"input_features": [[[0.0]]] * 3},
        {"pixel_values": [[0.0]]},
    ):
        with refused("MEDIA_COUNT"):
            batch.check_media(media(**wrong), 2)


def test_placeholders() -> None:
    batch.check_placeholders([[1, 7, 8]], 7, 8)
    for ids in ([1, 7], [1, 8]):
        with refused("PLACEHOLDERS"):
            batch.check_placeholders([[7, 8], ids], 7, 8)


def test_sampled_media_tokens() -> None:
    batch.check_sampled([[1, 2], []], {7, 8})
    with refused("MEDIA_TOKEN_SAMPLED") as caught:
        batch.check_sampled([[1], [2, 8]], {7, 8})
    assert "completion 1" in str(caught.value) and "suppress_tokens" in str(caught.value)


def test_trained_tokens_and_prompts() -> None:
    batch.check_trained_ids([1, 2], [1, 2], 0)
    with refused("TOKENS_DIFFER"):
        batch.check_trained_ids([1, 2], [1, 2, 3], 0)
    batch.check_prompt_length(None, 5, 0)
    batch.check_prompt_length(5, 5, 0)
    with refused("PROMPT_DIFFERS") as caught:
        batch.check_prompt_length(5, 55, 0)
    assert "USE_AUDIO_IN_VIDEO" in str(caught.value)


def test_clock() -> None:
    batch.check_clock(5.0, 5.1, 0)
    batch.check_clock(10.0, 11.5, 0)
    with refused("CLOCK") as caught:
        batch.check_clock(2.0, 10.0, 3)
    assert "clip 3" in str(caught.value) and "2.0 s" in str(caught.value) and "10.0 s" in str(caught.value)
    with refused("CLOCK"):
        batch.check_clock(60.0, 30.0, 0)


def test_silence_and_empty_completions() -> None:
    batch.check_silence([True, False])
    batch.check_silence([])
    with refused("SILENT"):
        batch.check_silence([True, True])
    batch.check_empty([1, 40], 0.5)
    with refused("EMPTY_COMPLETIONS"):
        batch.check_empty([0, 1, 40], 0.5)


def test_numbers() -> None:
    batch.check_rollout_gap(0.05, 0.1)
    with refused("ROLLOUT_GAP"):
        batch.check_rollout_gap(0.2, 0.1)
    for value in (float("nan"), float("inf")):
        with refused("NOT_FINITE"):
            batch.check_finite("the loss", value)


def watch(**changes: Any) -> Watch:
    return Watch(read(Guards, {**settings_data()["guards"], **changes}, "test"))


def test_canary_bites_in_the_first_steps_only() -> None:
    own = watch(canary_steps=2)
    own.canary("video", 0.1)
    with refused("CANARY") as caught:
        own.canary("audio", 0.0)
    assert "hiding the audio changes no log-prob" in str(caught.value)
    own.canary("video", 1e-9)
    own.canary("video", 0.0)
    with refused("NOT_FINITE"):
        own.canary("video", float("nan"))


def test_constant_reward() -> None:
    own = watch(constant_reward_groups=3)
    own.rewards([[0.5, 0.5], [0.1, 0.1]])
    with refused("CONSTANT_REWARD"):
        own.rewards([[0.0, 0.0]])
    lively = watch(constant_reward_groups=3)
    lively.rewards([[0.5, 0.6]])
    for _ in range(5):
        lively.rewards([[1.0, 1.0]])
    with refused("NOT_FINITE"):
        lively.rewards([[float("nan"), 1.0]])


def test_replaced_clips() -> None:
    own = watch()
    own.replaced(8, 16)
    own.replaced(0, 16)
    with refused("REPLACED") as caught:
        own.replaced(8, 8)
    assert "16 of 40 clips" in str(caught.value) and "oppo-swift-check" in str(caught.value)


def test_zero_gradient_and_clipping() -> None:
    own = watch(zero_grad_steps=2)
    own.gradient(0.0)
    own.gradient(0.3)
    own.gradient(0.0)
    with refused("ZERO_GRADIENT"):
        own.gradient(0.0)
    with refused("NOT_FINITE"):
        own.gradient(float("inf"))
    for _ in range(CLIPPED_STEPS - 1):
        own.clipped(1.0)
    own.clipped(0.9)
    for _ in range(CLIPPED_STEPS - 1):
        own.clipped(1.0)
    with refused("ALWAYS_CLIPPED"):
        own.clipped(1.0)
