"""The script that measures a training step's cost, at tiny size on the CPU: nothing here is a measurement."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from measure import device as devices  # noqa: E402
from measure import step as steps  # noqa: E402
from measure import step_cost  # noqa: E402
from measure.batch import audio_tokens, media_ids, prompt_ids, video_tokens  # noqa: E402
from measure.contenders import PLAIN, contenders  # noqa: E402
from measure.evidence import claims, modalities  # noqa: E402
from measure.lora import Lora, adapters_off  # noqa: E402
from measure.model import build, thinker_config  # noqa: E402
from measure.policy import selected  # noqa: E402
from measure.precision import differences  # noqa: E402
from measure.rounds import Budget, measure, summary  # noqa: E402
from measure.sizes import SEVEN_B, TINY  # noqa: E402
from measure.step import World, advantages, step  # noqa: E402
from measure.traced import Allocations, trace  # noqa: E402
from measure.world import make_world  # noqa: E402
from oppo_swift.loss.objective import auxiliary_loss  # noqa: E402
from oppo_swift.loss.totals import measure as totals_of  # noqa: E402

pytestmark = pytest.mark.swift
CPU = torch.device("cpu")
CONTENDERS = contenders()
NAMES = [own.name for own in CONTENDERS]
SCRIPT = Path(step_cost.__file__)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Any:
    """Layers this small only wait for each other on more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def made() -> tuple[World, dict[str, Any]]:
    return make_world(
        TINY,
        device=CPU,
        dtype=torch.float32,
        logits=torch.float32,
        seed=3,
        checkpoint=True,
        share=0.5,
        sample_seconds=60,
    )


@pytest.fixture()
def world(made: tuple[World, dict[str, Any]]) -> World:
    return made[0]


def named(name: str) -> Any:
    return next(own for own in CONTENDERS if own.name == name)


# Sizes -------------------------------------------------------------------------------------------------


def test_7b_is_the_thinker_of_qwen2_5_omni_7b() -> None:
    from transformers import Qwen2_5OmniThinkerForConditionalGeneration

    with torch.device("meta"):
        model = Qwen2_5OmniThinkerForConditionalGeneration(thinker_config(SEVEN_B))
    assert sum(own.numel() for own in model.parameters()) == 8_931_813_888
    assert model.lm_head.weight.shape == (152064, 3584) and len(model.model.layers) == 28
    assert model.lm_head.weight is not model.model.embed_tokens.weight


def test_the_7b_prompt_is_a_clip_of_10_s_and_some_text() -> None:
    ids = prompt_ids(SEVEN_B, torch.Generator().manual_seed(0)).tolist()
    tokens = SEVEN_B.tokens
    assert len(ids) == 1700
    assert ids.count(tokens.video) == video_tokens(SEVEN_B) == 1280
    assert ids.count(tokens.audio) == audio_tokens(1000) == 250
    assert sum(own < tokens.text for own in ids) == 1700 - 1280 - 250 - 4
    # Two seconds of picture, two of sound, in turn.
    assert media_ids(SEVEN_B)[2 : 2 + 306] == [tokens.video] * 256 + [tokens.audio] * 50


def test_a_prompt_too_short_for_its_clip_is_refused() -> None:
    with pytest.raises(ValueError, match="a prompt of 100 tokens has no room for a clip of 120"):
        prompt_ids(replace(TINY, prompt=100), torch.Generator())


def test_all_weights_but_the_adapters_have_the_type_asked_for() -> None:
    model, learning = build(TINY, CPU, torch.bfloat16, 0)
    own = {id(parameter) for parameter in learning}
    assert {parameter.dtype for parameter in model.parameters() if id(parameter) not in own} == {torch.bfloat16}
    assert {parameter.dtype for parameter in learning} == {torch.float32}


def test_half_of_the_clauses_are_evidence_half_of_it_seen() -> None:
    chosen = modalities(SEVEN_B, 0.5)
    assert len(chosen) == 42
    assert chosen.count("visual") == 11 and chosen.count("acoustic") == 10
    whole, own = claims(SEVEN_B, 0.5, True), claims(SEVEN_B, 0.5, False)
    assert {len(claim.heads) for claim in whole} == {12} and {len(claim.heads) for claim in own} == {4}
    assert [claim.onset is not None for claim in whole].count(True) == 2
    assert all(modality is not None for modality in modalities(SEVEN_B, 1.0))


# LoRA --------------------------------------------------------------------------------------------------


def test_lora_is_the_frozen_layer_plus_its_product() -> None:
    torch.manual_seed(0)
    base = torch.nn.Linear(5, 7)
    adapter = Lora(base, rank=2, alpha=6)
    x = torch.randn(3, 5)
    assert torch.allclose(adapter(x), base(x) + 3 * x @ (adapter.up @ adapter.down).T, atol=1e-6)
    with adapters_off(torch.nn.Sequential(adapter)):
        assert torch.equal(adapter(x), base(x))
    assert adapter.enabled


@pytest.mark.parametrize("name", NAMES)
def test_only_adapters_of_the_text_model_get_gradients(world: World, name: str, monkeypatch: Any) -> None:
    seen: dict[str, Any] = {}

    def look() -> None:
        seen.update({key: own.grad.abs().max() for key, own in world.model.named_parameters() if own.grad is not None})

    monkeypatch.setattr(world.optimiser, "step", look)
    step(world, named(name))
    adapters = {key for key, _ in world.model.named_parameters() if key.endswith((".up", ".down"))}
    assert set(seen) == adapters and len(adapters) == 2 * 7 * 2
    assert all(key.startswith("model.layers.") for key in seen)
    assert all(value > 0 for value in seen.values())
    assert all(own.grad is None for own in world.model.parameters())


# Steps -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_loss_is_the_objective_of_its_own_log_probs(world: World, name: str) -> None:
    got = step(world, named(name))
    full, old, reference = (own.double() for own in (got.full, got.old, got.reference))
    ratio, gap = (full - old).exp(), reference - full
    surrogate = torch.min(ratio * advantages(2), ratio.clamp(0.8, 1.2) * advantages(2))
    grpo = float((-surrogate + 0.04 * (gap.exp() - gap - 1)).mean())
    assert got.grpo == pytest.approx(grpo, abs=1e-6)
    term = 0.0
    if named(name).loss is not None:
        term = float(auxiliary_loss(got.samples, named(name).loss, totals_of(got.samples), 1.0)[0])
        assert term != 0
    assert got.term == pytest.approx(term, abs=1e-6)
    assert got.loss == pytest.approx(got.grpo + got.term, abs=1e-6)


def test_the_printed_loss_is_the_kl_over_the_vocabulary_of_its_own_states(world: World) -> None:
    got = step(world, named("paper"))
    summed = 0.0
    for sample in got.samples:
        for modality, hidden in (("visual", "video"), ("acoustic", "audio")):
            tokens = sorted(token for own in sample.clauses or () if own.modality == modality for token in own.heads)
            assert len(tokens) == 6
            p, q = (rows_at(sample.whole[name], tokens) for name in ("full", hidden))
            summed += float((p.exp() * (p - q)).sum())
    assert summed > 0
    assert got.term == pytest.approx(-8e-3 * summed / 2, rel=1e-4)


def rows_at(rows: Any, tokens: list[int]) -> Any:
    logits = rows.head(rows.values).double().detach()
    return logits.log_softmax(-1)[[rows.positions.index(token) for token in tokens]]


def test_printed_forms_differ_in_what_learns_not_in_value(world: World) -> None:
    printed, detached = (step(world, named(name)) for name in ("paper", "paper, masked pass detached"))
    assert printed.term == pytest.approx(detached.term, rel=1e-5)
    graphs = {own.name: own.forwards() for own in CONTENDERS}
    assert graphs["paper"] == graphs["paper, k1"] == 11
    assert graphs["paper, masked pass detached"] == graphs["paper-released"] == 7


def test_the_whole_vocabulary_keeps_no_log_probs_of_masked_passes(world: World, monkeypatch: Any) -> None:
    seen: dict[str, list[bool]] = {}
    inner = steps.masked

    def look(*arguments: Any) -> Any:
        found = inner(*arguments)
        seen.setdefault("log_probs", []).append(found.log_probs.requires_grad)
        seen.setdefault("states", []).append(found.states.requires_grad)
        return found

    monkeypatch.setattr(steps, "masked", look)
    step(world, named("paper"))
    assert seen == {"log_probs": [False, False], "states": [True, True]}
    seen.clear()
    step(world, named("paper, k1"))
    assert seen == {"log_probs": [True, True], "states": [True, True]}
    seen.clear()
    step(world, named("paper, masked pass detached"))
    assert seen == {"log_probs": [False, False], "states": [False, False]}
    seen.clear()
    step(world, named("paper-released"))
    assert seen == {"log_probs": [False, False], "states": [False, False]}


def test_passes_are_those_of_the_trainer(world: World) -> None:
    calls: list[tuple[bool, bool]] = []
    inner = world.model.model.layers[0].self_attn.q_proj
    handle = inner.register_forward_hook(lambda *_: calls.append((torch.is_grad_enabled(), inner.enabled)))
    try:
        step(world, named("oppo-swap"))
    finally:
        handle.remove()
    # Old and reference without graph, then the full and two masked passes, recomputed in the backward pass.
    assert calls[:2] == [(False, True), (False, False)]
    assert calls[2:] == [(True, True)] * 6
    assert named("oppo-swap").forwards() == 2 + 3 * 3 and named(PLAIN).forwards() == 5


def test_masked_passes_hide_something(world: World) -> None:
    for name in ("oppo-swap", "paper"):
        for sample in step(world, named(name)).samples:
            assert sample.video is not None and sample.audio is not None
            assert all((sample.full - own).abs().max() > 1e-4 for own in (sample.video, sample.audio))
            assert not torch.equal(sample.video, sample.audio)


def test_checkpointing_changes_no_number(world: World, monkeypatch: Any) -> None:
    kept = step(world, named("oppo-swap"))
    monkeypatch.setattr(world, "checkpoint", False)
    assert step(world, named("oppo-swap")).loss == pytest.approx(kept.loss, abs=1e-6)


def test_completions_are_the_policys_own(made: tuple[World, dict[str, Any]]) -> None:
    world, facts = made
    assert facts["batch"]["completions"] == "sampled from the model"
    old, reference = steps.before_the_step(world)
    assert float(old.mean()) > -5 and float((old - reference).abs().max()) > 1e-4


def test_log_probs_in_both_types_are_the_log_softmax() -> None:
    torch.manual_seed(1)
    logits, ids = 3 * torch.randn(2, 5, 40), torch.randint(40, (2, 5))
    exact = logits.log_softmax(-1).gather(-1, ids[..., None])[..., 0]
    assert torch.allclose(selected(logits, ids), exact, atol=1e-6)
    rounded = selected(logits.bfloat16(), ids)
    assert rounded.dtype == torch.bfloat16 and 0 < float((rounded - exact).abs().max()) < 0.1


def test_differences_say_what_rounding_does_to_a_ratio() -> None:
    exact = torch.tensor([-1.0, -2.0, -3.0, -4.0])
    found = differences(exact + torch.tensor([0.0, 0.3, -0.1, 0.0]), exact)
    assert found["difference_max"] == pytest.approx(0.3) and found["difference_mean"] == pytest.approx(0.1)
    assert found["ratio_max"] == pytest.approx(2.718281828**0.3, rel=1e-5) and found["clipped"] == 0.25


# Memory without a GPU ----------------------------------------------------------------------------------


def test_allocations_are_counted_while_they_live() -> None:
    counted = Allocations()
    with counted:
        kept = torch.ones(1000)
        passing = kept + 1
        view = kept[10:]
        del passing
        torch.ones(500)
    assert counted.peak == 8000 and counted.now == 4000 and len(view) == 990


def test_a_step_is_counted_as_checkpoints_and_logits_at_full_width() -> None:
    two_layers = replace(SEVEN_B, text={**SEVEN_B.text, "num_hidden_layers": 2})
    found = trace(two_layers, [named(PLAIN), named("oppo-swap"), named("paper")], torch.bfloat16, 0.5)
    logits = 2 * 512 * 152064 * 2 / 1e9
    hidden = 2 * 2212 * 3584
    # Inputs of two layers, and the last norm's in float32 and its output.
    graph = (2 * 2 + 4 + 2) * hidden / 1e9
    # Log-softmaxes that are kept, and three arrays of gradients where one is gone back through.
    assert found[PLAIN]["step"] == pytest.approx((1 + 3) * logits + graph, rel=0.05)
    assert found["oppo-swap"]["step"] == pytest.approx((3 + 3) * logits + 3 * graph, rel=0.05)
    # Two log-softmaxes less are kept; what is recomputed of a layer is the peak then.
    assert found["paper"]["step"] < found["oppo-swap"]["step"] - 0.5 * logits


# Rounds ------------------------------------------------------------------------------------------------


class Clock:
    """Seconds that pass only when somebody works."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def worked(monkeypatch: Any, **seconds: float) -> tuple[Clock, Any, list[str]]:
    """A clock, steps that take so long by it, and the order they were made in."""
    clock, order = Clock(), []
    monkeypatch.setattr(devices, "now", lambda _: clock.time)

    def make(name: str) -> dict[str, float]:
        order.append(name)
        clock.time += seconds[name]
        return {"loss": 1.0}

    return clock, make, order


def test_contenders_take_turns_after_a_warm_up(monkeypatch: Any) -> None:
    clock, make, order = worked(monkeypatch, a=1.0, b=3.0)
    run = measure(["a", "b"], make, CPU, Budget(60, clock=clock), rounds=2)
    assert order == ["a", "b"] * 3 and run.rounds == 2 and run.stopped == ""
    assert [record.seconds for record in run.records] == [[1.0, 1.0], [3.0, 3.0]]
    assert [record.warm_up for record in run.records] == [1.0, 3.0]


def test_no_step_is_begun_that_may_end_too_late(monkeypatch: Any) -> None:
    clock, make, _ = worked(monkeypatch, a=1.0, b=3.0)
    run = measure(["a", "b"], make, CPU, Budget(15, reserve=3, clock=clock), rounds=50)
    # Warm-up and a round are 8 s; then a fits and b, of 3 s, would end within the reserve if it took a little longer.
    assert clock.time == 9 and run.rounds == 1
    assert [len(record.seconds) for record in run.records] == [2, 1]
    assert run.stopped == (
        "time was up in round 2 of 50: 9 s of 15 s used, 3 s kept for the comparison with float32"
    )


def test_time_that_ends_during_warm_up_leaves_the_rest_unmeasured(monkeypatch: Any) -> None:
    clock, make, _ = worked(monkeypatch, a=10.0, b=3.0)
    run = measure(["a", "b"], make, CPU, Budget(5, clock=clock), rounds=2)
    assert [record.status for record in run.records] == ["not measured", "not measured"]
    assert run.records[1].warm_up is None and "during warm-up" in run.stopped


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "out of memory"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), "out of memory"),
        (ValueError("a shape is wrong"), "failed"),
    ],
)
def test_a_contender_that_fails_is_recorded_and_the_others_go_on(
    monkeypatch: Any, error: Exception, status: str
) -> None:
    clock, make, order = worked(monkeypatch, a=1.0, b=1.0, c=1.0)

    def sometimes(name: str) -> dict[str, float]:
        if name == "b":
            order.append("b")
            raise error
        return make(name)

    run = measure(["a", "b", "c"], sometimes, CPU, Budget(60, clock=clock), rounds=2)
    assert order == ["a", "b", "c", "a", "c", "a", "c"]
    assert [record.status for record in run.records] == ["measured", status, "measured"]
    assert str(error).splitlines()[0] in run.records[1].message
    assert ("test_step_cost.py:" in run.records[1].message) == (status == "failed")


def test_memory_held_is_the_warm_ups_that_of_tensors_the_highest(monkeypatch: Any) -> None:
    peaks = iter([{"allocated": 3.0, "reserved": 4.0}, {"allocated": 3.5, "reserved": 9.0}])
    cleared: list[str] = []
    monkeypatch.setattr(devices, "fresh", lambda _: cleared.append("fresh"))
    monkeypatch.setattr(devices, "forget_peak", lambda _: cleared.append("forget_peak"))
    monkeypatch.setattr(devices, "peak_gb", lambda _: next(peaks))
    run = measure(["a"], lambda _: {}, CPU, Budget(60), rounds=1)
    assert run.records[0].peak == {"allocated": 3.5, "reserved": 4.0}
    assert cleared == ["fresh", "forget_peak"]


def test_median_and_spread() -> None:
    assert summary([3.0, 1.0, 2.0]) == {"median": 2.0, "min": 1.0, "max": 3.0, "steps": 3}
    assert summary([]) is None


# The script --------------------------------------------------------------------------------------------

NUMBER = (int, float)
ROW = {
    "name": str,
    "what": str,
    "status": str,
    "message": str,
    "forwards_expected": int,
    "warm_up_seconds": (*NUMBER, type(None)),
    "seconds": (dict, type(None)),
    "steps": list,
    "ratio": (*NUMBER, type(None)),
    "peak_gb": (dict, type(None)),
    "beyond_plain_gb": (*NUMBER, type(None)),
    "values": dict,
}
TOP = {
    "format": str,
    "size": str,
    "seed": int,
    "dtype": str,
    "logits": str,
    "checkpointing": str,
    "device": dict,
    "versions": dict,
    "model": dict,
    "batch": dict,
    "model_gb": (*NUMBER, type(None)),
    "precision": dict,
    "budget": dict,
    "contenders": list,
}


def check_schema(data: dict[str, Any]) -> None:
    assert set(data) == set(TOP) and data["format"] == "oppo-step-cost-1"
    assert all(isinstance(data[name], kind) for name, kind in TOP.items())
    for row in data["contenders"]:
        assert set(row) == set(ROW) and all(isinstance(row[name], kind) for name, kind in ROW.items())


def test_the_script_measures_all_contenders_and_writes_both_files(tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "cost"
    assert step_cost.main(["--size", "tiny", "--device", "cpu", "--rounds", "1", "--out", str(out)]) == 0
    data = json.loads((tmp_path / "cost.json").read_text(encoding="utf-8"))
    check_schema(data)
    assert [row["name"] for row in data["contenders"]] == NAMES
    assert all(row["status"] == "measured" and len(row["steps"]) == 1 for row in data["contenders"])
    assert data["contenders"][0]["ratio"] == 1 and all(row["ratio"] > 0 for row in data["contenders"])
    assert data["budget"]["rounds"] == 1 and data["budget"]["stopped"] == ""
    page = (tmp_path / "cost.md").read_text(encoding="utf-8")
    assert page in capsys.readouterr().out
    assert "**Size tiny: says that the script works, nothing of cost.**" in page
    assert all(f"| {name}: " in page for name in NAMES) and page.count("| not measured |") == len(NAMES)
    assert set(data["precision"]["divergences"]) == {"video", "audio"} and data["precision"]["routes"]
    for own in data["precision"]["divergences"].values():
        assert own["mean"] > 0 and 0 < own["difference_mean"] < 0.2
    for found in data["precision"]["routes"].values():
        assert 0 < found["own tokens"]["difference_mean"] < 0.2
        assert set(found["drops"]) == {"video", "audio"}
    assert not list(tmp_path.glob("*.part"))


@pytest.fixture()
def ready(made: Any, monkeypatch: Any) -> None:
    """The script finds its model made."""
    monkeypatch.setattr(step_cost, "make_world", lambda *_, **__: made)


@pytest.mark.usefixtures("ready")
def test_out_of_memory_of_one_contender_stands_in_both_files(tmp_path: Path, monkeypatch: Any) -> None:
    inner = step_cost.step

    def scarce(world: World, contender: Any) -> Any:
        if contender.name == "oppo-swap":
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.2 GiB")
        return inner(world, contender)

    monkeypatch.setattr(step_cost, "step", scarce)
    arguments = ["--size", "tiny", "--device", "cpu", "--rounds", "1", "--no-float32", "--out", str(tmp_path / "cost")]
    assert step_cost.main(arguments) == 0
    data = json.loads((tmp_path / "cost.json").read_text(encoding="utf-8"))
    check_schema(data)
    row = next(own for own in data["contenders"] if own["name"] == "oppo-swap")
    assert row["status"] == "out of memory" and row["ratio"] is None and row["seconds"] is None
    assert sum(own["status"] == "measured" for own in data["contenders"]) == len(NAMES) - 1
    assert "out of memory: OutOfMemoryError: CUDA out of memory" in (tmp_path / "cost.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("ready")
def test_a_failure_that_is_no_lack_of_memory_ends_with_code_1(tmp_path: Path, monkeypatch: Any) -> None:
    def broken(_: World, contender: Any) -> Any:
        raise ValueError(f"{contender.name} is broken")

    monkeypatch.setattr(step_cost, "step", broken)
    arguments = ["--size", "tiny", "--device", "cpu", "--only", PLAIN, "--out", str(tmp_path / "cost")]
    assert step_cost.main(arguments) == 1
    data = json.loads((tmp_path / "cost.json").read_text(encoding="utf-8"))
    assert data["contenders"][0]["status"] == "failed" and "grpo is broken" in data["contenders"][0]["message"]
    assert data["precision"] == {"message": "not compared: no contender has both masked passes"}


@pytest.mark.usefixtures("ready")
def test_minutes_that_are_too_few_are_kept_and_said(tmp_path: Path) -> None:
    arguments = ["--size", "tiny", "--device", "cpu", "--minutes", "0.0001", "--out", str(tmp_path / "cost")]
    assert step_cost.main(arguments) == 0
    data = json.loads((tmp_path / "cost.json").read_text(encoding="utf-8"))
    assert "time was up during warm-up" in data["budget"]["stopped"]
    assert "Not all rounds were measured: time was up" in (tmp_path / "cost.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ImportError("cannot import name 'Qwen2_5Omni'"), 'has no Qwen2.5-Omni (cannot import name'),
        (torch.cuda.OutOfMemoryError("CUDA out of memory"), "the model was not made, out of memory: OutOfMemory"),
    ],
)
def test_a_model_that_cannot_be_made_is_a_message(monkeypatch: Any, capsys: Any, error: Any, message: str) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(step_cost, "make_world", failing)
    assert step_cost.main(["--size", "tiny", "--device", "cpu"]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("ready")
def test_a_comparison_that_fails_ends_with_code_1_and_one_without_room_with_0(tmp_path: Path, monkeypatch: Any) -> None:
    arguments = ["--size", "tiny", "--device", "cpu", "--rounds", "1", "--only", "paper"]
    for error, code, status in (
        (ValueError("rows differ"), 1, "failed"),
        (torch.cuda.OutOfMemoryError("CUDA out of memory"), 0, "out of memory"),
    ):

        def failing(*_: Any, error: Exception = error) -> Any:
            raise error

        monkeypatch.setattr(step_cost, "compare", failing)
        assert step_cost.main([*arguments, "--out", str(tmp_path / status)]) == code
        data = json.loads((tmp_path / f"{status}.json").read_text(encoding="utf-8"))
        assert data["precision"]["status"] == status and str(error) in data["precision"]["message"]


def test_memory_can_be_counted_without_a_gpu(capsys: Any) -> None:
    assert step_cost.main(["--size", "tiny", "--device", "cpu", "--trace", "--only", PLAIN]) == 0
    page = capsys.readouterr().out
    assert "**not measured**" in page and "| grpo: plain GRPO with reference KL | 0.00 |" in page


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--size", "7b", "--device", "cpu"], "size 7b needs a GPU"),
        (["--size", "tiny", "--evidence", "0"], "--evidence must be above 0"),
        (["--size", "tiny", "--rounds", "0"], "--rounds at least 1"),
        (["--size", "tiny", "--out", "/nowhere/at/all"], "the folder /nowhere/at does not exist"),
        (["--size", "tiny", "--only", "nothing"], "invalid choice: 'nothing'"),
        (["--size", "tiny", "--trace", "--no-checkpointing"], "--trace counts bfloat16 weights with gradient"),
        (["--size", "tiny", "--trace", "--dtype", "float32"], "--trace counts bfloat16 weights with gradient"),
    ],
)
def test_what_cannot_work_is_refused_at_once(arguments: list[str], message: str, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        step_cost.main(arguments if "--device" in arguments else [*arguments, "--device", "cpu"])
    assert message in capsys.readouterr().err


def test_it_needs_torch_and_transformers_alone(tmp_path: Path) -> None:
    others = ("swift", "trl", "peft", "accelerate", "deepspeed", "torchvision", "datasets", "librosa", "msgspec")
    code = (
        f"import sys, runpy; sys.modules.update(dict.fromkeys({others!r})); "
        f"sys.argv = ['step_cost.py', '--size', 'tiny', '--device', 'cpu', '--rounds', '1', '--only', '{PLAIN}', "
        f"'--out', {str(tmp_path / 'cost')!r}]; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert (tmp_path / "cost.json").exists()
