"""Refusals of a Ray run before its first step, and where the plugin registers itself. No ms-swift needed.

That every name is one of ms-swift's arguments is checked in test_ray.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from fakes import settings_data

from oppo_swift.config import Settings
from oppo_swift.controller import ControllerState
from oppo_swift.errors import OppoSwiftError
from oppo_swift.fields import read
from oppo_swift.ray import registry, state

pytest.importorskip("torch")  # guard.startup asks the loss what it needs
from oppo_swift.ray.startup import ALLOWED, check_ray_startup  # noqa: E402

FINE: dict[str, Any] = {
    **{name: allowed[0] for name, (allowed, _) in ALLOWED.items()},
    "temperature": 1.0,
    "generation_batch_size": 64,
    "global_batch_size": 64,
    "tuner_type": "lora",
    "padding_free": True,
}
WRONG: dict[str, Any] = {
    "pipeline_model_parallel_size": 2,
    "context_parallel_size": 2,
    "steps_per_generation": 2,
    "num_iterations": 2,
    "router_replay_mode": "R3",
    "truncation_strategy": "left",
    "overlap_grad_reduce": True,
    "overlap_param_gather": True,
    "use_megatron_fsdp": True,
    "calculate_per_token_loss": True,
    "lora_dropout": 0.05,
    "multi_turn_scheduler": "gym",
    "use_gym_env": True,
    "async_generate": True,
    "teacher_model": "other",
    "teacher_model_server": "http://x",
}


def settings(*, on: bool = True) -> Settings:
    data = settings_data()
    if not on:
        data["loss"]["sensitivity"]["weight"] = data["loss"]["onset"]["weight"] = 0
    return read(Settings, data, "test")


def with_paper(**changes: Any) -> Settings:
    data = settings_data()
    for term in ("sensitivity", "onset"):
        data["loss"][term]["weight"] = 0
    data["loss"]["paper"].update({"weight": 0.1, **changes})
    return read(Settings, data, "test")


def test_the_whole_vocabulary_is_refused_with_the_cure_and_never_replaced() -> None:
    with pytest.raises(OppoSwiftError, match=r"loss.paper.estimator whole: .* set it to k1 or k3") as caught:
        check_ray_startup(SimpleNamespace(**FINE), with_paper(), {})
    assert caught.value.code == "STARTUP"
    for estimator in ("k1", "k3"):
        check_ray_startup(SimpleNamespace(**FINE), with_paper(estimator=estimator), {})
    off = with_paper(weight=0)
    check_ray_startup(SimpleNamespace(**FINE), off, {})


def test_plain_megatron_is_refused_for_a_term_on_the_joint_pass_alone() -> None:
    """No stream is hidden by itself then, and still there would be no loss."""
    with pytest.raises(OppoSwiftError, match="MEGATRON"):
        registry._refuse(with_paper(tokens="together"))
    registry._refuse(with_paper(weight=0))


def check(environment: dict[str, str] | None = None, **changes: Any) -> None:
    check_ray_startup(SimpleNamespace(**{**FINE, **changes}), settings(), environment or {})


def test_a_sound_set_up_passes() -> None:
    check()
    check(padding_free=False, tuner_type="full", lora_dropout=0.05)


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_arguments(name: str) -> None:
    with pytest.raises(OppoSwiftError, match=f"STARTUP.*\\n  1. {name}: {WRONG[name]}") as caught:
        check(**{name: WRONG[name]})
    assert "2. " not in str(caught.value)


def test_everything_in_one_report() -> None:
    with pytest.raises(OppoSwiftError) as caught:
        check({"MY_AUDIO_IN_VIDEO": "1"}, temperature=0.9, generation_batch_size=128)
    for part in ("MY_AUDIO_IN_VIDEO does nothing", "temperature: 0.9", "generation_batch_size: 128", "3. "):
        assert part in str(caught.value)


def pipeline(entry: dict[str, str]) -> ModuleType:
    module = ModuleType(registry.DRIVER)
    module._TRAINER_REGISTRY = {"grpo": entry}  # type: ignore[attr-defined]
    return module


def test_the_entry_a_pipeline_already_holds_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not registry.register()
    held = {"trainer": "a", "loss": "b"}
    monkeypatch.setitem(sys.modules, registry.DRIVER, pipeline(held))
    assert registry.register() and held == registry.CLASSES


@pytest.mark.parametrize("ray", [registry.DRIVER, registry.WORKER, None])
def test_megatron_without_ray(monkeypatch: pytest.MonkeyPatch, ray: str | None) -> None:
    """refuse_plain_megatron when the plugin loads, refuse_megatron when its reward is made."""
    args = type("Arguments", (SimpleNamespace,), {"__module__": registry.ARGUMENTS})(use_ray=ray is not None)
    registry.refuse_plain_megatron(settings())
    monkeypatch.setitem(sys.modules, registry.ARGUMENTS, ModuleType(registry.ARGUMENTS))
    if ray:
        monkeypatch.setitem(sys.modules, ray, pipeline({}) if ray == registry.DRIVER else ModuleType(ray))
        registry.refuse_plain_megatron(settings())
        registry.refuse_megatron(args, settings())
        return
    for refusal in (lambda own: registry.refuse_plain_megatron(own), lambda own: registry.refuse_megatron(args, own)):
        with pytest.raises(OppoSwiftError, match="MEGATRON"):
            refusal(settings())
        refusal(settings(on=False))


def test_use_ray_alone_is_no_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    args = type("Arguments", (SimpleNamespace,), {"__module__": registry.ARGUMENTS})(use_ray=True)
    with pytest.raises(OppoSwiftError, match="MEGATRON"):
        registry.refuse_megatron(args, settings())


def test_state_of_the_step_training_resumes_from(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    for step, scale in ((1, 1.0), (2, 0.5), (3, 0.25), (2, 0.125)):
        state.append(first, step, ControllerState(scale=scale))
    with (first / state.STATE_FILE).open("a") as file:
        file.write('{"iteration": 3, "contr')
    args = SimpleNamespace(output_dir=str(second), mcore_adapter=str(first / "checkpoint-2"), mcore_model=None)
    found = [state.restore(state.folders_of(args), step) for step in (1, 2, 3, 4)]
    assert [own and own.scale for own in found] == [1.0, 0.125, 0.25, None]
