"""Replacing a media tensor gives what encoding hidden media gives; swaps and dealing of passes."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
import numpy as np  # noqa: E402
from fakes import settings_data  # noqa: E402
from tiny_omni import feature_extractor, video_processor  # noqa: E402

from oppo_swift import masks  # noqa: E402
from oppo_swift.config import Masks  # noqa: E402
from oppo_swift.errors import OppoSwiftError  # noqa: E402
from oppo_swift.fields import read  # noqa: E402
from oppo_swift.passes import Fills, Row, deal, hidden_inputs  # noqa: E402

pytestmark = pytest.mark.swift
RATE = 16000


def encode(videos: list[Any], sounds: list[Any]) -> dict[str, Any]:
    pictures = video_processor()(videos=videos, return_tensors="pt", do_sample_frames=False)
    heard = feature_extractor()(
        sounds, sampling_rate=RATE, return_tensors="pt", return_attention_mask=True, padding="max_length"
    )
    return {
        "pixel_values_videos": pictures["pixel_values_videos"],
        "video_grid_thw": pictures["video_grid_thw"],
        "input_features": heard["input_features"],
        "feature_attention_mask": heard["attention_mask"],
        "input_ids": torch.arange(4),
    }


def clips(seed: int) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    videos = [draw.integers(0, 255, (4, 3, 56, 84), dtype=np.uint8) for _ in range(2)]
    return encode([torch.tensor(own) for own in videos], [draw.normal(0, 0.1, RATE) for _ in range(2)])


def blank(value: int) -> dict[str, Any]:
    return encode([torch.full((4, 3, 56, 84), value, dtype=torch.uint8)] * 2, [np.zeros(RATE)] * 2)


FILLS = Fills(masks.visual_row(video_processor(), "blank"), masks.silence_value(feature_extractor()))


def test_hidden_as_if_encoded_so() -> None:
    inputs, hidden = clips(0), blank(0)
    seen = masks.hide_video(inputs, [0, 1], FILLS.video)["pixel_values_videos"]
    assert torch.allclose(seen, hidden["pixel_values_videos"], atol=1e-5)
    heard = masks.hide_audio(inputs, [0, 1], FILLS.audio)["input_features"]
    assert torch.allclose(heard, hidden["input_features"], atol=1e-6)


def test_mean_colour_is_zero() -> None:
    assert not masks.visual_row(video_processor(), "mean").any()


def test_only_the_asked_rows_and_tensors_change() -> None:
    inputs = clips(1)
    before = {name: tensor.clone() for name, tensor in inputs.items()}
    half = int(inputs["video_grid_thw"][0].prod())
    changed = masks.hide_video(inputs, [1], FILLS.video)
    assert torch.equal(changed["pixel_values_videos"][:half], inputs["pixel_values_videos"][:half])
    assert not torch.equal(changed["pixel_values_videos"][half:], inputs["pixel_values_videos"][half:])
    silent = masks.hide_audio(inputs, [0], FILLS.audio)
    assert torch.equal(silent["input_features"][1], inputs["input_features"][1])
    for name, tensor in before.items():
        assert torch.equal(inputs[name], tensor)
        if name not in ("pixel_values_videos",):
            assert changed[name] is inputs[name]


def test_extractor_without_a_constant_silence_is_refused() -> None:
    class Odd:
        sampling_rate = RATE

        def __call__(self, *_: Any, **__: Any) -> dict[str, Any]:
            return {"input_features": np.array([[0.0, 1.0]])}

    with pytest.raises(OppoSwiftError, match="SILENCE"):
        masks.silence_value(Odd())


def plan(**changes: str | float) -> Masks:
    return read(Masks, {**settings_data()["masks"], **changes}, "test")


def rows() -> list[Row]:
    """Two micro-batches of two: clips a, a, b, b, labels alike for the first pair."""
    return [Row(batch, row, "ab"[batch], ["joy", "fear"][batch], group=batch) for batch in range(2) for row in range(2)]


def test_swap_takes_the_other_clip_in_full() -> None:
    batches = [clips(2), clips(3)]
    passes = deal(rows(), batches, plan(visual="swap", acoustic="swap"), turn=0)
    assert [len(own) for own in passes] == [2, 2]
    video, audio = (hidden_inputs(batches[0], own, FILLS) for own in passes[0])
    assert torch.equal(video["pixel_values_videos"][:12], batches[1]["pixel_values_videos"][:12])
    assert torch.equal(video["input_features"], batches[0]["input_features"])
    assert torch.equal(audio["input_features"][0], batches[1]["input_features"][0])
    assert torch.equal(audio["pixel_values_videos"], batches[0]["pixel_values_videos"])


def test_donor_of_another_label_first() -> None:
    batches = [clips(4), clips(5), clips(6)]
    labels = {"a": "joy", "b": "joy", "c": "fear"}
    own = [Row(batch, row, "abc"[batch], labels["abc"[batch]], batch) for batch in range(3) for row in range(2)]
    passes = deal(own, batches, plan(visual="swap"), turn=0)
    assert passes[0][0].donors[0, "video"].inputs is batches[2]
    assert passes[2][0].donors[0, "video"].inputs is batches[0]
    assert passes[0][1].donors == {}


def test_no_donor_is_refused() -> None:
    batches = [clips(7), clips(8)]
    alone = [Row(batch, row, "a", "joy", 0) for batch in range(2) for row in range(2)]
    with pytest.raises(OppoSwiftError, match="MASK_DONOR"):
        deal(alone, batches, plan(visual="swap"), turn=0)
    batches[1]["feature_attention_mask"][:, 50:] = 0
    with pytest.raises(OppoSwiftError, match=r"audio stream of the shape \(100,\)"):
        deal(rows(), batches, plan(acoustic="swap"), turn=0)


def test_alternating_groups_and_turns() -> None:
    batches = [clips(9), clips(10)]
    for turn in (0, 1):
        passes = deal(rows(), batches, plan(schedule="alternate"), turn)
        assert [len(own) for own in passes] == [1, 1]
        streams = [set(own[0].streams.values()) for own in passes]
        assert streams == ([{"video"}, {"audio"}] if turn == 0 else [{"audio"}, {"video"}])


RATIO: dict[str, str | float] = {"visual": "ratio", "acoustic": "ratio"}
VIDEO, AUDIO = "pixel_values_videos", "input_features"


def zeros(inputs: dict[str, Any], changed: dict[str, Any], key: str) -> Any:
    """Where `changed` has 0 in the place of a number; everything else must be as it was."""
    hidden = (changed[key] == 0) & (inputs[key] != 0)
    assert torch.equal(changed[key][~hidden], inputs[key][~hidden])
    return hidden


def test_a_ratio_hides_that_share_of_elements_of_one_stream() -> None:
    inputs = clips(11)
    video, audio = (hidden_inputs(inputs, own, FILLS) for own in deal(rows(), [inputs] * 2, plan(**RATIO), 0)[0])
    assert zeros(inputs, video, VIDEO).float().mean() == pytest.approx(0.7, abs=0.01)
    assert video[AUDIO] is inputs[AUDIO] and audio[VIDEO] is inputs[VIDEO]
    heard = zeros(inputs, audio, AUDIO)
    assert heard[:, :, :100].float().mean() == pytest.approx(0.7, abs=0.02)
    assert not heard[:, :, 100:].any(), "padding, which no encoder reads, was touched"


@pytest.mark.parametrize("unit", ["frame", "block"])
def test_a_ratio_hides_whole_steps_of_time(unit: str) -> None:
    inputs = clips(12)
    changes = {**RATIO, "unit": unit, "ratio": 0.5}
    video, audio = (hidden_inputs(inputs, own, FILLS) for own in deal(rows(), [inputs] * 2, plan(**changes), 0)[0])
    steps, patches = (int(inputs["video_grid_thw"][0][0]), int(inputs["video_grid_thw"][0][1:].prod()))
    seen = zeros(inputs, video, VIDEO)[: steps * patches].view(steps, -1).float().mean(1)
    assert sorted(seen.round().tolist()) == [0.0] * (steps // 2) + [1.0] * (steps - steps // 2)
    heard = zeros(inputs, audio, AUDIO)[0, :, :100].float().mean(0).round()
    assert heard.sum() == 50
    edges = int((heard[1:] != heard[:-1]).sum())
    assert edges <= 2 if unit == "block" else edges > 10


def test_a_ratio_of_0_changes_nothing_and_1_hides_all() -> None:
    inputs = clips(13)
    for unit in ("element", "frame", "block"):
        for ratio, share in ((0, 0.0), (1, 1.0)):
            dealt = deal(rows(), [inputs] * 2, plan(**RATIO, unit=unit, ratio=ratio), 0)[0]
            video, audio = (hidden_inputs(inputs, own, FILLS) for own in dealt)
            assert zeros(inputs, video, VIDEO).float().mean() == share
            assert zeros(inputs, audio, AUDIO)[:, :, :100].float().mean() == share


def test_draws_are_of_turn_group_and_pass_and_come_again() -> None:
    inputs = clips(14)

    def drawn(turn: int, seed: int = 1) -> list[list[dict[str, Any]]]:
        dealt = deal(rows(), [inputs] * 2, plan(**RATIO, seed=seed), turn, joint=True)
        return [[hidden_inputs(inputs, own, FILLS) for own in passes] for passes in dealt]

    first, again, later = drawn(3), drawn(3), drawn(4)
    half = inputs[VIDEO].shape[0] // 2
    for batch in range(2):
        for own, same, other in zip(first[batch], again[batch], later[batch], strict=True):
            assert torch.equal(own[VIDEO], same[VIDEO]) and torch.equal(own[AUDIO], same[AUDIO])
            assert not (torch.equal(own[VIDEO], other[VIDEO]) and torch.equal(own[AUDIO], other[AUDIO]))
    hidden = zeros(inputs, first[0][0], VIDEO)
    assert torch.equal(hidden[:half], hidden[half:]), "completions of a group see the same"
    assert not torch.equal(hidden, zeros(inputs, first[1][0], VIDEO)), "groups see different draws"
    assert not torch.equal(hidden, zeros(inputs, first[0][2], VIDEO)), "passes see different draws"
    assert not torch.equal(hidden, zeros(inputs, drawn(3, seed=2)[0][0], VIDEO))


@pytest.mark.parametrize("kind", ["blank", "swap", "ratio"])
def test_the_joint_pass_hides_both_streams_at_once(kind: str) -> None:
    batches = [clips(15), clips(16)]
    passes = deal(rows(), batches, plan(visual=kind, acoustic=kind, ratio=1), turn=0, joint=True)
    video, audio, joint = passes[0]
    assert (video.joint, audio.joint, joint.joint) == (False, False, True)
    hidden = hidden_inputs(batches[0], joint, FILLS)
    assert torch.equal(hidden[VIDEO], hidden_inputs(batches[0], video, FILLS)[VIDEO])
    assert torch.equal(hidden[AUDIO], hidden_inputs(batches[0], audio, FILLS)[AUDIO])


def test_the_joint_pass_comes_beside_those_in_turn() -> None:
    batches = [clips(17), clips(18)]
    passes = deal(rows(), batches, plan(schedule="alternate"), turn=0, joint=True)
    assert [[set(own.streams.values()) for own in dealt] for dealt in passes] == [
        [{"video"}, {"both"}],
        [{"audio"}, {"both"}],
    ]
