"""Steps that the step cost script measures, at tiny size on the CPU: nothing here is a measurement."""
# ruff: noqa: F811 (fixtures are imported by name)

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from step_cost_world import CONTENDERS, CPU, NAMES, made, named, one_thread, world  # noqa: E402, F401

from measure import step as steps  # noqa: E402
from measure.batch import audio_tokens, media_ids, prompt_ids, video_tokens  # noqa: E402
from measure.contenders import PLAIN  # noqa: E402
from measure.evidence import claims, modalities  # noqa: E402
from measure.lora import Lora, adapters_off  # noqa: E402
from measure.model import build, thinker_config  # noqa: E402
from measure.policy import selected  # noqa: E402
from measure.precision import differences  # noqa: E402
from measure.sizes import SEVEN_B, TINY  # noqa: E402
from measure.step import World, advantages, step  # noqa: E402
from measure.traced import Allocations, trace  # noqa: E402
from oppo_swift.fields import read  # noqa: E402
from oppo_swift.loss.objective import auxiliary_loss  # noqa: E402
from oppo_swift.loss.settings import Loss  # noqa: E402
from oppo_swift.loss.totals import measure as totals_of  # noqa: E402

pytestmark = pytest.mark.swift


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


@pytest.mark.parametrize(
    ("name", "preset"),
    [
        ("oppo-swap", "oppo-swap"),
        ("oppo-swap, in turn", "oppo-swap"),
        ("paper", "paper"),
        ("paper-released", "paper-released"),
    ],
)
def test_contenders_have_the_losses_of_the_presets(name: str, preset: str) -> None:
    """As TypeScript resolves them: the vectors hold every preset."""
    vectors = json.loads((Path(__file__).parent / "loss_vectors.json").read_text(encoding="utf-8"))
    options = next(own["options"] for own in vectors["cases"] if own["name"] == f"preset {preset}")
    assert named(name).loss == read(Loss, options, preset)


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
