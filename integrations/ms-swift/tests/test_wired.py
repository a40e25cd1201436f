"""Each fault of a rollout batch, put where it arises, and the refusal that leaves the trainer's own hooks.

Real: clips, processor, template, ms-swift's encoding, collation and resampling, OppoGRPOTrainer's methods. Stood in:
the trainer's state, and the parts of ms-swift's methods that would generate, score or train.
"""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fakes import FakeService, honest, settings_data

torch = pytest.importorskip("torch")
pytest.importorskip("swift")
if shutil.which("npx") is None:
    pytest.skip("needs Node: oppo corpus", allow_module_level=True)

import e2e
import tiny_omni

from oppo_swift.client import ServiceClient
from oppo_swift.config import Settings
from oppo_swift.controller import ControllerState
from oppo_swift.errors import OppoSwiftError
from oppo_swift.fields import read
from oppo_swift.guard import batch as guard
from oppo_swift.guard.watch import CLIPPED_STEPS, Watch
from oppo_swift.model_facts import media_tokens
from oppo_swift.passes import Fills
from oppo_swift.prepare import RolloutPreparer

pytestmark = [pytest.mark.swift, pytest.mark.e2e]
Row = dict[str, Any]
ALONE: Row = {"process_index": 0, "num_processes": 1, "is_main_process": False, "device": "cpu"}


class World:
    """A tiny checkpoint as ms-swift loads it, rows of the corpus, and a service."""

    def __init__(self, folder: Path, url: str) -> None:
        from swift.model import get_model_processor

        self.folder, self.url = folder, url
        corpus = e2e.make_corpus(folder)
        tiny_omni.build(folder / "model", tiny_omni.cold_start_texts(corpus / "swift-sft-train.jsonl"))
        self.model, self.processor = get_model_processor(
            str(folder / "model"), model_type="qwen2_5_omni", use_hf=True, torch_dtype=torch.float32, attn_impl="sdpa"
        )
        self.rows = [json.loads(line) for line in (corpus / "swift-train.jsonl").read_text().splitlines()][:2]

    def template(self) -> Any:
        """As made for training: `delete` on the command line is `raise` in a template."""
        from swift.template import get_template

        template = get_template(self.processor, max_length=4096, truncation_strategy="raise")
        template.model = self.model
        template.set_mode("train")
        return template

    def samples(self, rows: list[Row]) -> list[Any]:
        from swift.rl_core.data import GRPOSample

        samples = []
        for index, row in enumerate(rows):
            sample = GRPOSample.from_row(copy.deepcopy(row))
            sample.request_id = f"request {index}"
            sample.messages.append({"role": "assistant", "content": "x"})
            sample.response_token_ids = [[300 + index, 301, 302, 303]]
            samples.append(sample)
        return samples

    def trainer(self, **masks_changes: str) -> Any:
        """OppoGRPOTrainer as it stands after construction, in training."""
        from oppo_swift.trainer import OppoGRPOTrainer

        data = settings_data()
        data["masks"].update(masks_changes)
        trainer = OppoGRPOTrainer.__new__(OppoGRPOTrainer)
        settings = read(Settings, data, "test")
        tokens = media_tokens(self.model.config)
        fills = Fills.of(self.processor, settings.masks)
        service = ServiceClient(self.url, retries=0)
        trainer.__dict__.update(
            _settings=settings,
            _fills=fills,
            _preparer=RolloutPreparer(settings, service, self.processor.tokenizer, tokens, fills),
            _watch=Watch(settings.guards),
            _controller=ControllerState(),
            _turn=0,
            _compared=False,
            _captured=None,
            _metrics={"train": FreeLists()},
            model=SimpleNamespace(training=True),
            template=self.template(),
            accelerator=SimpleNamespace(**ALONE, gather=lambda own: own),
            args=SimpleNamespace(gradient_accumulation_steps=1, report_to=[]),
            state=SimpleNamespace(global_step=0),
            _step=0,
            num_generations=1,
            overlong_filter=False,
        )
        return trainer


class FreeLists(dict[str, list[float]]):
    def __missing__(self, name: str) -> list[float]:
        return self.setdefault(name, [])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Any:
    patch = pytest.MonkeyPatch()
    for name, value in {**e2e.MEDIA, "HF_HUB_OFFLINE": "1"}.items():
        patch.setenv(name, value)
    with FakeService(honest) as service:
        yield World(tmp_path_factory.mktemp("wired"), service.url)
    patch.undo()


def refused(code: str, *parts: str) -> Any:
    return pytest.raises(OppoSwiftError, match=rf"(?s)\[{code}\]" + "".join(f".*{part}" for part in parts))


def encoded(world: World, rows: list[Row] | None = None) -> tuple[list[Any], Row]:
    """Samples and their one micro-batch, by ms-swift's own encoding and collation."""
    from swift.rlhf_trainers.utils import collate_to_grpo_micro_batch, encode_sample

    template = world.template()
    samples = world.samples(rows or world.rows)
    for sample in samples:
        sample.encoded = encode_sample(sample, template)
    inputs, batch = collate_to_grpo_micro_batch(samples, template, device="cpu", use_logits_to_keep=True)
    return samples, {"model_inputs": inputs, "grpo_batch": batch}


def prepare(trainer: Any, samples: list[Any], batch: Row, patch: pytest.MonkeyPatch) -> Any:
    """`_prepare_batch_inputs`, whose part in ms-swift has returned `batch`."""
    from swift.rlhf_trainers.grpo_trainer import GRPOTrainer

    patch.setattr(GRPOTrainer, "_prepare_batch_inputs", lambda self, samples: [batch])
    patch.setattr(GRPOTrainer, "split_by_mini_batches", lambda self, samples: [samples])
    return trainer._prepare_batch_inputs(samples)


def ffmpeg(world: World, row: Row, name: str, *options: str) -> Row:
    """The row with its clip re-encoded."""
    path = world.folder / f"{name}-{Path(row['videos'][0]).stem}.mp4"
    subprocess.run(["ffmpeg", "-y", "-i", row["videos"][0], *options, str(path)], check=True, capture_output=True)
    return {**row, "videos": [str(path)]}


def test_a_sound_batch_passes(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = world.trainer(visual="swap", acoustic="swap")
    (batch,) = prepare(trainer, *encoded(world), monkeypatch)
    assert [len(own) for own in batch["grpo_batch"].oppo.claims] == [1, 1]
    assert trainer._metrics["train"]["oppo/claims"] == [1.0]


def long_clip(seconds: int) -> list[str]:
    """Options of ffmpeg: the picture stands still, the sound goes round."""
    sound = f"[0:a]aloop=loop=-1:size=16000,atrim=0:{seconds}[a]"
    return ["-filter_complex", f"{FREEZE.format(seconds - 2)};{sound}", "-map", "[v]", "-map", "[a]"]


FREEZE = "[0:v]tpad=stop_mode=clone:stop_duration={}[v]"
CLIP_FAULTS: dict[str, tuple[str, list[str], list[str]]] = {
    "silent": ("SILENT", ["-c:v", "copy", "-af", "volume=0"], ["sound track empty"]),
    "long picture": ("CLOCK", ["-filter_complex", FREEZE.format(6), "-map", "[v]", "-map", "0:a"], ["clip 0"]),
    # The tiny extractor cuts sound after 30 s, Qwen2.5-Omni's after 300.
    "cut sound": ("CLOCK", long_clip(48), ["the sound over 30.0 s"]),
}


@pytest.mark.parametrize("name", CLIP_FAULTS)
def test_faults_of_clips(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    code, options, parts = CLIP_FAULTS[name]
    rows = [ffmpeg(world, row, name.replace(" ", "-"), *options) for row in world.rows]
    with refused(code, *parts):
        prepare(world.trainer(), *encoded(world, rows), monkeypatch)


def test_capped_frames_keep_their_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What CLOCK was written for: ms-swift 4.6 gives capped frames the seconds they stand for."""
    # ms-swift sets it from the environment when it loads the model.
    monkeypatch.setattr("qwen_omni_utils.v2_5.vision_process.FPS_MAX_FRAMES", 4)
    row = ffmpeg(world, world.rows[0], "even", *long_clip(10))
    samples, batch = encoded(world, [row])
    assert batch["model_inputs"]["video_grid_thw"][0][0] == 2
    prepare(world.trainer(), samples, batch, monkeypatch)


def test_sound_that_is_not_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USE_AUDIO_IN_VIDEO", "false")
    with refused("AUDIO_MISSING", "USE_AUDIO_IN_VIDEO"):
        prepare(world.trainer(), *encoded(world), monkeypatch)


def test_no_clip(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{**row, "videos": [], "messages": [{"role": "user", "content": "hello"}]} for row in world.rows]
    with refused("VIDEO_MISSING", "<video> tag"):
        prepare(world.trainer(), *encoded(world, rows), monkeypatch)


def test_two_clips_in_one_prompt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    row = copy.deepcopy(world.rows[0])
    row["videos"] *= 2
    row["messages"][-1]["content"] = "<video>" + row["messages"][-1]["content"]
    with refused("MEDIA_COUNT"):
        prepare(world.trainer(), *encoded(world, [row]), monkeypatch)


Change = Callable[[World, list[Any], Row], None]


def no_places(world: World, _: list[Any], batch: Row) -> None:
    ids = batch["model_inputs"]["input_ids"]
    ids[1][ids[1] == media_tokens(world.model.config).audio] = 5


def media_token(world: World, samples: list[Any], _: Row) -> None:
    samples[1].response_token_ids[0][0] = media_tokens(world.model.config).video


def empty(_: World, samples: list[Any], __: Row) -> None:
    for sample in samples:
        sample.response_token_ids = [[302]]


def other_ids(_: World, samples: list[Any], __: Row) -> None:
    samples[1].response_token_ids[0][2] += 1


def no_reference(_: World, samples: list[Any], __: Row) -> None:
    del samples[0].extra["reference"]


def no_positions(_: World, __: list[Any], batch: Row) -> None:
    del batch["model_inputs"]["position_ids"]


def sampler(_: World, __: list[Any], batch: Row) -> None:
    own = batch["grpo_batch"]
    own.old_per_token_logps = torch.full(own.completion_mask.shape, -3.0)
    own.rollout_per_token_logps = own.old_per_token_logps + 0.5


@pytest.mark.parametrize(
    ("change", "code", "part"),
    [
        (no_places, "PLACEHOLDERS", "prompt 1 of the batch has no audio token"),
        (media_token, "MEDIA_TOKEN_SAMPLED", "completion 1"),
        (empty, "EMPTY_COMPLETIONS", "100%"),
        (other_ids, "TOKENS_DIFFER", "completion 1"),
        (no_reference, "REFERENCE_MISSING", "request 0"),
        (no_positions, "CLOCK", "no position_ids"),
        (sampler, "ROLLOUT_GAP", "0.500 nats"),
    ],
)
@pytest.mark.parametrize("turn", [0, 60])
def test_faults_of_batches(
    world: World, monkeypatch: pytest.MonkeyPatch, change: Change, code: str, part: str, turn: int
) -> None:
    """Turn 60: the first batch after a resume."""
    samples, batch = encoded(world)
    change(world, samples, batch)
    trainer = world.trainer()
    trainer._turn = turn
    with refused(code, part):
        prepare(trainer, samples, batch, monkeypatch)


def test_nothing_to_swap_with(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with refused("MASK_DONOR", "no other clip on this rank"):
        prepare(world.trainer(visual="swap"), *encoded(world, [world.rows[0]] * 2), monkeypatch)


def output(tokens: int) -> Any:
    return SimpleNamespace(response=SimpleNamespace(usage=SimpleNamespace(prompt_tokens=tokens)))


def test_rollout_saw_another_prompt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from swift.rlhf_trainers.grpo_trainer import GRPOTrainer

    monkeypatch.setattr(GRPOTrainer, "_postprocess_rollout_outputs", lambda self, samples, outputs: samples)
    trainer = world.trainer()
    samples, batch = encoded(world)
    trainer._postprocess_rollout_outputs(samples, [output(7), output(7)])
    with refused("PROMPT_DIFFERS", "its prompt had 7 tokens", "USE_AUDIO_IN_VIDEO"):
        prepare(trainer, samples, batch, monkeypatch)
    trainer.dynamic_num_samples = True
    with refused("MULTI_TURN", "splits trajectories"):
        trainer._postprocess_rollout_outputs(samples, [output(7)] * 4)


def test_clips_that_cannot_be_encoded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = {**copy.deepcopy(world.rows[0]), "videos": [str(world.folder / "lost.mp4")]}
    trainer = world.trainer()
    trainer.truncated_resample_iterator = iter(lambda: [copy.deepcopy(lost)], None)
    with refused("ENCODING", "none of the samples", "lost.mp4"):
        trainer._rollout_samples([copy.deepcopy(lost)])

    monkeypatch.setattr(guard, "REPLACED_AFTER", 4)
    good = world.rows[1]
    trainer.truncated_resample_iterator = iter(lambda: [copy.deepcopy(good)], None)
    drawn = trainer.resample_encode_failed_inputs([copy.deepcopy(good), copy.deepcopy(lost)])
    assert [row["clip_id"] for row in drawn] == [good["clip_id"]] * 2
    assert trainer._metrics["train"]["oppo/replaced"] == [0.5]
    with refused("REPLACED", "2 of 4 clips"):
        trainer.resample_encode_failed_inputs([copy.deepcopy(good), copy.deepcopy(lost)])


def step(world: World, monkeypatch: pytest.MonkeyPatch, loss: float, effects: dict[str, float]) -> Any:
    """One `_compute_loss_and_metrics`; ms-swift's own part has the given loss, hidden streams the given effects."""
    from swift.rlhf_trainers.grpo_trainer import GRPOTrainer

    trainer = world.trainer()
    (batch,) = prepare(trainer, *encoded(world), monkeypatch)
    full = torch.full(batch["grpo_batch"].completion_mask.shape, -2.0)

    def policy(self: Any, *_: Any) -> Any:
        self._captured.append((full, None))
        return torch.tensor(loss), {}

    monkeypatch.setattr(GRPOTrainer, "_compute_loss_and_metrics", policy)
    trainer._hidden_forward = lambda _, __, ___, own: (full - effects[next(iter(own.streams.values()))], None)
    return trainer._compute_loss_and_metrics(trainer.model, batch["model_inputs"], batch["grpo_batch"])


def test_canary_and_loss(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reached = {"video": 0.1, "audio": 0.1}
    total, _ = step(world, monkeypatch, 0.5, reached)
    assert torch.isfinite(total) and total != 0.5
    for stream in reached:
        with refused("CANARY", f"hiding the {stream} changes no log-prob"):
            step(world, monkeypatch, 0.5, {**reached, stream: 0.0})
    with refused("NOT_FINITE", "the loss is nan"):
        step(world, monkeypatch, float("nan"), reached)


def test_what_takes_steps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from swift.rlhf_trainers.grpo_trainer import GRPOTrainer

    monkeypatch.setattr(GRPOTrainer, "log", lambda self, logs, *_: None)
    trainer = world.trainer()
    trainer.log({"grad_norm": 0.0})
    with refused("ZERO_GRADIENT", "2 steps in a row"):
        trainer.log({"grad_norm": 0.0})
    with refused("NOT_FINITE", "gradient norm is nan"):
        trainer.log({"grad_norm": float("nan")})
    for _ in range(CLIPPED_STEPS - 1):
        trainer.log({"completions/clipped_ratio": 1.0})
    with refused("ALWAYS_CLIPPED"):
        trainer.log({"completions/clipped_ratio": 1.0})


def test_rewards_that_never_differ(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from swift.rlhf_trainers.grpo_trainer import GRPOTrainer

    def score(rewards: list[float]) -> Any:
        trainer.num_generations, trainer.reward_weights = 2, torch.ones(1)
        trainer._rewards_per_func = torch.tensor(rewards).unsqueeze(1)
        return trainer._score_completions([])

    monkeypatch.setattr(GRPOTrainer, "_score_completions", lambda self, samples: samples)
    trainer = world.trainer()
    with refused("CONSTANT_REWARD", "all of the first 20 groups"):
        for _ in range(10):
            score([0.5, 0.5, 0.25, 0.25])
    trainer = world.trainer()
    score([0.5, 0.75])
    score([0.5] * 60)
    with refused("NOT_FINITE", "a reward is nan"):
        score([float("nan"), 0.5])
