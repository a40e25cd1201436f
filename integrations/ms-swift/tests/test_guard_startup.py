"""Each start-up refusal, by its fault."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from fakes import settings_data

from oppo_swift.config import Settings
from oppo_swift.errors import OppoSwiftError
from oppo_swift.fields import read
from oppo_swift.guard.encoding import encoding_error
from oppo_swift.guard.startup import check_startup, dropout_problems, report, reward_problems

pytest.importorskip("torch")  # guard.startup asks the loss what it needs
FINE: dict[str, Any] = {
    "use_liger_kernel": False,
    "async_generate": False,
    "multi_turn_scheduler": None,
    "use_gym_env": None,
    "gradient_checkpointing": True,
    "gradient_checkpointing_kwargs": {"use_reentrant": False},
    "deepspeed": None,
    "temperature": 1.0,
    "gradient_accumulation_steps": 2,
    "steps_per_generation": 4,
    "loss_type": "grpo",
}
NO_MODEL = SimpleNamespace(named_modules=lambda: [])
TEMPLATE: dict[str, Any] = {"padding_free": False, "sequence_parallel_size": 1, "truncation_strategy": "raise"}
MADE_WITH: dict[str, Any] = {"template": SimpleNamespace(**TEMPLATE), "reward_funcs": ["oppo"], "model": NO_MODEL}


def settings(**loss: Any) -> Settings:
    data = settings_data()
    for name, fields in loss.items():
        data["loss"][name].update(fields)
    return read(Settings, data, "test")


def refuse(
    environment: dict[str, str] | None = None, *, own: Settings | None = None, undoes: bool = True, **changes: Any
) -> str:
    args = SimpleNamespace(**{name: value for name, value in {**FINE, **changes}.items() if name not in TEMPLATE})
    template = SimpleNamespace(**{name: changes.get(name, value) for name, value in TEMPLATE.items()})
    made = {**MADE_WITH, "template": template}
    with pytest.raises(OppoSwiftError, match="STARTUP") as caught:
        check_startup(args, own or settings(), environment or {}, undoes_accumulation=undoes, **made)
    return str(caught.value)


def test_a_sound_set_up_passes() -> None:
    environment = {"USE_AUDIO_IN_VIDEO": "true", "FPS": "2"}
    check_startup(SimpleNamespace(**FINE), settings(), environment, undoes_accumulation=True, **MADE_WITH)


@pytest.mark.parametrize("name", ["USER_AUDIO_IN_VIDEO", "use_audio_in_video", "QWEN_USE_AUDIO_IN_VIDEO"])
def test_misspelt_variable(name: str) -> None:
    assert f"variable {name} does nothing" in refuse({name: "true", "USE_AUDIO_IN_VIDEO": "true"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"use_liger_kernel": True}, "--use_liger_kernel"),
        ({"padding_free": True}, "--padding_free"),
        ({"async_generate": True}, "--async_generate"),
        ({"multi_turn_scheduler": "gym"}, "--multi_turn_scheduler"),
        ({"use_gym_env": True}, "--use_gym_env"),
        ({"sequence_parallel_size": 2}, "--sequence_parallel_size"),
        ({"truncation_strategy": "left"}, "--truncation_strategy left"),
        ({"fsdp": "full_shard"}, "--fsdp"),
        ({"gradient_checkpointing_kwargs": None}, "use_reentrant"),
        ({"gradient_checkpointing_kwargs": {"use_reentrant": True}}, "use_reentrant"),
        ({"deepspeed": "zero3"}, "ZeRO-3"),
        ({"deepspeed": {"zero_optimization": {"stage": 3}}}, "ZeRO-3"),
        ({"temperature": 0.9}, "--temperature 0.9"),
        ({"steps_per_generation": 3}, "--steps_per_generation 3"),
    ],
)
def test_arguments(change: dict[str, Any], message: str) -> None:
    assert message in refuse(**change)


@pytest.mark.parametrize("loss_type", ["dapo", "cispo", "fipo"])
def test_window_losses_where_they_are_scaled_down(loss_type: str) -> None:
    assert f"--loss_type {loss_type}" in refuse(loss_type=loss_type, undoes=False)
    args = SimpleNamespace(**{**FINE, "loss_type": loss_type})
    check_startup(args, settings(), {}, undoes_accumulation=True, **MADE_WITH)
    args.gradient_accumulation_steps = args.steps_per_generation = 1
    check_startup(args, settings(), {}, undoes_accumulation=False, **MADE_WITH)


def test_checkpointing_matters_only_where_masked_passes_learn() -> None:
    own = settings(sensitivity={"weight": 0.0}, onset={"weight": 0.0}, papo={"weight": 0.01, "maskedGradient": False})
    args = SimpleNamespace(**{**FINE, "gradient_checkpointing_kwargs": None, "deepspeed": "zero3"})
    check_startup(args, own, {}, undoes_accumulation=True, **MADE_WITH)


def test_everything_in_one_report() -> None:
    from torch import nn

    args = SimpleNamespace(**{**FINE, "temperature": 0.5})
    made = {"template": SimpleNamespace(**{**TEMPLATE, "padding_free": True}), "reward_funcs": ["format"]}
    own = settings(controller={"enabled": True})
    with pytest.raises(OppoSwiftError, match="STARTUP") as caught:
        check_startup(args, own, {"MY_AUDIO_IN_VIDEO": "1"}, undoes_accumulation=True, model=nn.Dropout(0.1), **made)
    message = str(caught.value)
    parts = "MY_AUDIO_IN_VIDEO", "--padding_free", "--temperature", "oppo to --reward_funcs", "dropout is on"
    for number, part in enumerate(parts, 1):
        assert part in next(line for line in message.splitlines() if line.startswith(f"  {number}. "))
    assert "6. " not in message


def test_controller_needs_the_oppo_reward() -> None:
    own = settings(controller={"enabled": True})
    assert "add oppo to --reward_funcs" in reward_problems(own, ["Format"])[0]
    assert reward_problems(own, ["Format", "OppoReward"]) == []
    assert reward_problems(settings(), ["Format"]) == []


def test_dropout() -> None:
    from torch import nn

    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.05))
    with pytest.raises(OppoSwiftError, match="dropout is on in 1 modules"):
        report(dropout_problems(model))
    assert dropout_problems(nn.Sequential(nn.Dropout(0.0))) == []


def test_what_kept_samples_from_being_encoded() -> None:
    def fails(_: dict[str, Any]) -> None:
        raise AttributeError("module 'torchvision.io' has no attribute 'read_video'")

    error = encoding_error(SimpleNamespace(encode=fails), {"messages": []})
    assert error.code == "ENCODING" and "read_video" in str(error) and "decord" in error.hint
    fine = encoding_error(SimpleNamespace(encode=lambda _: {}), {})
    assert "--max_length" in str(fine)


def test_logits_made_apart_need_gathered_weights_even_where_no_masked_pass_learns() -> None:
    off = {"sensitivity": {"weight": 0}, "onset": {"weight": 0}}
    whole = settings(**off, paper={"weight": 0.1, "maskedGradient": False})
    assert "estimator whole" in refuse(own=whole, deepspeed="zero3")
    from oppo_swift.guard.startup import memory_problems

    zero3 = SimpleNamespace(**{**FINE, "deepspeed": "zero3"})
    sampled = settings(**off, paper={"weight": 0.1, "maskedGradient": False, "estimator": "k1"})
    assert memory_problems(zero3, sampled) == []
