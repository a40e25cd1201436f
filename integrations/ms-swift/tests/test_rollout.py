"""From batches to loss samples, the model's facts, and versions; small tensors, no training."""

from __future__ import annotations

import copy
import json
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from fakes import settings_data  # noqa: E402

from oppo_swift import version  # noqa: E402
from oppo_swift.config import Settings  # noqa: E402
from oppo_swift.errors import OppoSwiftError  # noqa: E402
from oppo_swift.fields import read  # noqa: E402
from oppo_swift.loss.sample import Claim  # noqa: E402
from oppo_swift.loss.settings import Loss  # noqa: E402
from oppo_swift.model_facts import last_positions_only, logits_layer, media_tokens  # noqa: E402
from oppo_swift.passes import Pass  # noqa: E402
from oppo_swift.prepare import _row, claim_counts, drop_idle_passes, window_totals  # noqa: E402
from oppo_swift.reward import TERMS_KEY  # noqa: E402
from oppo_swift.rollout import BatchEvidence, States, flat_ids, outline, samples_of  # noqa: E402

pytestmark = pytest.mark.swift
# The third completion is empty; completions of different length are padded on either side.
MASK = torch.tensor([[1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]], dtype=torch.bool)
CLAIMS = [(Claim("visual", (0, 2), 0.5, 0),), (Claim("acoustic", (1,), 1.0, 0),), ()]


def evidence() -> BatchEvidence:
    passes = [Pass({0: "video", 1: "audio", 2: "video"}, {})]
    return BatchEvidence(list(CLAIMS), [0, 1], passes, frozenset({"audio"}))


def test_samples_hold_completion_tokens_only() -> None:
    full = -torch.arange(12, dtype=torch.float32).reshape(3, 4)
    samples = samples_of(evidence(), full, [full - 1], MASK)
    assert [sample.full.tolist() for sample in samples] == [[-0.0, -1.0, -2.0], [-5.0, -6.0]]
    assert samples[0].video.tolist() == [-1.0, -2.0, -3.0] and samples[0].audio is None
    assert samples[1].audio.tolist() == [-6.0, -7.0] and samples[1].video is None
    assert samples[1].partial == {"audio"}


def test_rows_come_from_the_states_before_their_tokens() -> None:
    """Row of token j: the state at its place in the padded batch, of the passes that the completion has."""
    states = torch.arange(12, dtype=torch.float32).reshape(3, 4, 1)
    own = evidence()
    first = (Claim("visual", (0, 2), 0.5, 0), Claim("acoustic", (1,), 0.5, 1))
    own.clauses = [first, (Claim("visual", (1,), 1.0, 1),), ()]
    loss = copy.deepcopy(settings_data()["loss"])
    loss["paper"]["weight"], loss["evidence"]["selector"] = 0.1, "reference"
    full = torch.zeros(3, 4)
    made = States(states, [states + 100], lambda values: values, 0.5)
    first, second = samples_of(own, full, [full], MASK, read(Loss, loss, "test"), made)
    assert {name: rows.positions for name, rows in first.whole.items()} == {"full": (0, 1, 2), "video": (0, 2)}
    assert first.whole["video"].values.flatten().tolist() == [100.0, 102.0]
    assert first.whole["full"].values.flatten().tolist() == [0.0, 1.0, 2.0]
    # Padded on the left: its tokens 0 and 1 stand in columns 1 and 2. It has no pass with the video hidden.
    assert second.whole["full"].values.flatten().tolist() == [6.0] and "video" not in second.whole
    assert first.whole["full"].temperature == 0.5
    assert samples_of(own, full, [full], MASK)[0].whole == {}


def test_a_joint_pass_is_its_own() -> None:
    own = evidence()
    own.passes = [*own.passes, Pass({0: "both", 1: "both", 2: "both"})]
    full = torch.zeros(3, 4)
    samples = samples_of(own, full, [full - 1, full - 2], MASK)
    assert samples[0].both.tolist() == [-2.0] * 3 and samples[0].video.tolist() == [-1.0] * 3
    assert samples[1].both.tolist() == [-2.0] * 2 and samples[1].video is None


def test_passes_that_no_term_compares_with_are_made_for_the_canary_alone() -> None:
    def left(turn: int, **paper: Any) -> list[str]:
        data = settings_data()
        for term in ("sensitivity", "onset"):
            data["loss"][term]["weight"] = 0
        data["loss"]["paper"].update(paper)
        own = evidence()
        own.passes = [Pass({0: name, 1: name}) for name in ("video", "audio", "both")]
        drop_idle_passes([own], read(Settings, data, "test"), turn)
        return [made.streams[0] for made in own.passes]

    last = settings_data()["guards"]["canary_steps"] - 1
    assert left(last, weight=0.1, tokens="together") == ["video", "audio", "both"]
    assert left(last + 1, weight=0.1, tokens="together") == ["both"]
    assert left(last + 1, weight=0.1, tokens="all") == ["video", "audio", "both"]


def test_totals_before_any_log_prob() -> None:
    found = [evidence() for _ in range(4)]
    for own in found:
        from oppo_swift.loss.totals import measure

        own.totals = measure(outline(own, MASK))
    first, second = window_totals(found, 2)
    assert first == second
    assert first["tokens"] == 10 and first["pass_tokens/video"] == 6 and first["pass_tokens/audio"] == 4
    assert first["evidence/visual/own"] == 4 and first["claimants/acoustic/own"] == 2
    assert first["claimants/acoustic/complete"] == 0


def test_claims_and_format_rate() -> None:
    well, ill = {TERMS_KEY: {"format": 1.0}}, {TERMS_KEY: {"format": 0.0}}
    chunks = [[SimpleNamespace(rollout_infos=infos) for infos in (well, ill, {})]]
    own = evidence()
    assert claim_counts(chunks, [own]).tolist() == [3, 2, 2, 1, 0]
    own.clauses = [(CLAIMS[0][0], CLAIMS[1][0]), (), ()]
    assert claim_counts(chunks, [own]).tolist() == [3, 2, 2, 1, 2]


def test_label_of_a_donor_by_either_name() -> None:
    extras = [{"label": "joy"}, {"label": None, "labels": ["sad", "fear"]}, {"labels": ["fear", "sad"]}]
    labels = [_row(SimpleNamespace(extra={"clip_id": "c", **extra}), 0, 0, 0).label for extra in extras]
    assert labels == ["joy", "fear, sad", "fear, sad"]


def test_sampled_ids_of_one_turn() -> None:
    assert flat_ids([1, 2]) == flat_ids([[1, 2]]) == flat_ids([[1], [2]]) == [1, 2]
    assert flat_ids([]) == []


def test_logits_of_the_last_positions_are_the_same() -> None:
    model = torch.nn.ModuleDict({"thinker": torch.nn.ModuleDict({"lm_head": torch.nn.Linear(4, 9)})})
    layer = logits_layer(model)
    hidden = torch.randn(2, 7, 4)
    everything = layer(hidden)
    with last_positions_only(layer, 3) as states:
        tail = layer(hidden)
    assert torch.equal(layer(states[0]), tail)
    assert tail.shape == (2, 3, 9)
    assert torch.allclose(tail, everything[:, -3:])
    assert layer(hidden).shape == (2, 7, 9)
    with pytest.raises(OppoSwiftError, match="MODEL"):
        logits_layer(torch.nn.Linear(1, 1))


def test_media_tokens_of_either_spelling() -> None:
    old = SimpleNamespace(thinker_config=SimpleNamespace(video_token_index=1, audio_token_index=2, image_token_index=3))
    new = SimpleNamespace(video_token_id=1, audio_token_id=2, image_token_id=3)
    assert media_tokens(old) == media_tokens(new)
    assert media_tokens(new).all == {1, 2, 3}
    with pytest.raises(OppoSwiftError, match="MODEL"):
        media_tokens(SimpleNamespace(video_token_id=1))


def test_another_trainer_is_refused() -> None:
    class Older:
        def _compute_loss_and_metrics(self, model: Any, inputs: Any) -> None: ...

    with pytest.raises(OppoSwiftError, match="VERSION") as caught:
        version.check(Older)
    assert "_compute_loss_and_metrics(model, inputs) instead of" in str(caught.value)
    assert "_prepare_batch_inputs is gone" in str(caught.value) and "torch" in str(caught.value)


def test_another_version_is_refused_whatever_its_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("swift")
    from swift.rlhf_trainers.grpo_trainer import GRPOTrainer

    real = version.installed()
    for changed in ({"ms-swift": "9.9.0"}, {"ms-swift": "4.3.9"}, {"ms-swift": "4.7.0.dev0"}, {"trl": "1.2"}):
        monkeypatch.setattr(version, "installed", lambda changed=changed: {**real, **changed})
        (name, wrong), *_ = changed.items()
        with pytest.raises(OppoSwiftError, match="VERSION") as caught:
            version.check(GRPOTrainer)
        assert f"{name} is {wrong}, not " in str(caught.value)


def test_the_installed_trainer_is_known_and_state_comes_back(tmp_path: Path) -> None:
    pytest.importorskip("swift")
    from swift.rlhf_trainers.grpo_trainer import GRPOTrainer

    from oppo_swift.trainer import STATE_FILE, OppoGRPOTrainer

    version.check(GRPOTrainer)
    state = {"phase": "armed", "warmed": 50, "claims": 3.5, "baseline": 4.0, "scale": 0.5, "since_cut": 2}
    (tmp_path / STATE_FILE).write_text(json.dumps({"controller": state, "turn": 60}))

    def restored(checkpoint: Any) -> Any:
        return OppoGRPOTrainer._restored(SimpleNamespace(args=SimpleNamespace(resume_from_checkpoint=checkpoint)))

    controller, turn = restored(str(tmp_path))
    assert (controller.phase, controller.scale, turn) == ("armed", 0.5, 60)
    assert restored(None)[1] == 0


@pytest.mark.parametrize(
    ("preset", "learning"),
    [("paper", (False, True)), ("oppo-swap", (True, True)), ("paper-released", (False, False))],
)
def test_the_trainer_keeps_no_graph_of_a_masked_pass_that_nobody_learns_through(
    monkeypatch: Any, preset: str, learning: tuple[bool, bool]
) -> None:
    pytest.importorskip("swift")
    from oppo_swift import trainer

    vectors = json.loads((Path(__file__).parent / "loss_vectors.json").read_text(encoding="utf-8"))
    loss = read(Loss, next(own["options"] for own in vectors["cases"] if own["name"] == f"preset {preset}"), preset)
    monkeypatch.setattr(trainer, "hidden_inputs", lambda inputs, *_: inputs)
    weight = torch.ones(2, requires_grad=True)
    captured: list[Any] = []

    @contextmanager
    def capturing() -> Any:
        yield captured

    forward = lambda *_: captured.append((weight * 2, weight * 3))  # noqa: E731
    self = SimpleNamespace(
        _settings=SimpleNamespace(loss=loss),
        _fills=None,
        _capturing=capturing,
        _get_per_token_logps_and_entropies=forward,
    )
    passed = Pass({0: "video"}, {})
    found = trainer.OppoGRPOTrainer._hidden_forward(self, None, {}, {}, passed)
    assert tuple(own.requires_grad for own in found) == learning
