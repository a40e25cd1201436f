"""Refusals before the first step: environment and arguments. All problems in one report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..config import Settings
from ..errors import OppoSwiftError
from ..loss.options import masked_pass_learns, needs_whole

AUDIO_VARIABLE = "USE_AUDIO_IN_VIDEO"
WINDOW_LOSSES = ("cispo", "dapo", "fipo")


def check_startup(
    args: Any,
    settings: Settings,
    environment: Mapping[str, str],
    *,
    undoes_accumulation: bool,
    template: Any,
    reward_funcs: Iterable[Any],
    model: Any,
) -> None:
    """Raises OppoSwiftError (STARTUP) listing everything OPPO cannot train with.

    args: ms-swift's training arguments. undoes_accumulation: does this ms-swift multiply dapo-like losses by
    the accumulation steps that the trainer divides by (4.6 does)? template, reward_funcs, model: what ms-swift
    makes the trainer with; `args` has nothing of the template's settings and no reward functions.
    """
    problems = [
        *environment_problems(environment),
        *unsupported(args),
        *template_problems(template),
        *memory_problems(args, settings),
        *scale_problems(args, settings, undoes_accumulation),
        *reward_problems(settings, reward_funcs),
        *dropout_problems(model),
    ]
    report(problems)


def report(problems: Iterable[str]) -> None:
    """Raises one error for all problems, if there are any."""
    listed = list(problems)
    if listed:
        lines = "".join(f"\n  {number}. {problem}" for number, problem in enumerate(listed, 1))
        raise OppoSwiftError("STARTUP", f"OPPO refuses to train with these settings:{lines}")


def environment_problems(environment: Mapping[str, str]) -> list[str]:
    """A misspelt USE_AUDIO_IN_VIDEO trains without sound and without a word."""
    return [
        f"the environment variable {name} does nothing: the name is {AUDIO_VARIABLE}, and without it the sound "
        "of the videos never reaches the model"
        for name in sorted(environment)
        if "AUDIO_IN_VIDEO" in name.upper() and name != AUDIO_VARIABLE
    ]


def unsupported(args: Any) -> list[str]:
    """Modes that bypass the plugin's hooks or its bookkeeping."""
    flags = {
        "use_liger_kernel": "its fused loss has no per-token log-probs",
        "use_liger_loss": "its fused loss has no per-token log-probs",
        "async_generate": "rollouts come from old weights",
        "multi_turn_scheduler": "split trajectories lose their evidence",
        "use_gym_env": "split trajectories lose their evidence",
        "fsdp": "several forwards before one backward were never tried with it: use --deepspeed zero2",
    }
    return [f"--{name}: {why}" for name, why in flags.items() if getattr(args, name, None)]


def template_problems(template: Any) -> list[str]:
    """How samples become batches. ms-swift keeps these settings in the template alone."""
    problems = []
    if template.padding_free:
        problems.append("--padding_free: token positions are not those of the batch")
    if template.sequence_parallel_size > 1:
        problems.append("--sequence_parallel_size above 1: samples move between ranks")
    # A template says `raise` where the command line says `delete`; GRPO's default is `left`.
    if template.truncation_strategy != "raise":
        problems.append(f"--truncation_strategy {template.truncation_strategy} can cut media tokens: use delete")
    return problems


def memory_problems(args: Any, settings: Settings) -> list[str]:
    """Three forwards and one backward meet reentrant checkpointing and ZeRO-3; so do logits made apart."""
    problems = []
    zero3 = _zero_stage(getattr(args, "deepspeed", None)) == 3
    if needs_whole(settings.loss) and zero3:
        problems.append(
            "DeepSpeed ZeRO-3 with loss.paper.estimator whole, which makes logits outside of the model's forward, "
            "where the layer's weights are not gathered: use zero2, or k1 or k3"
        )
    if not masked_pass_learns(settings.loss):
        return problems
    kwargs = getattr(args, "gradient_checkpointing_kwargs", None) or {}
    if getattr(args, "gradient_checkpointing", False) and kwargs.get("use_reentrant") is not False:
        problems.append(
            "reentrant gradient checkpointing fires each parameter's hook once per forward: "
            "--gradient_checkpointing_kwargs '{\"use_reentrant\": false}'"
        )
    if zero3:
        problems.append("DeepSpeed ZeRO-3 hangs in audio training and with several forwards: use zero2")
    return problems


def scale_problems(args: Any, settings: Settings, undoes_accumulation: bool) -> list[str]:
    """What would make the loss another one than the settings say."""
    problems = []
    if args.temperature != settings.temperature:
        problems.append(
            f"--temperature {args.temperature:g} but oppo.json says {settings.temperature:g}: log-probs are "
            "divided by it (ms-swift's own default is 0.9)"
        )
    accumulation = args.gradient_accumulation_steps
    if args.steps_per_generation % accumulation:
        problems.append(
            f"--steps_per_generation {args.steps_per_generation} is no multiple of "
            f"--gradient_accumulation_steps {accumulation}: a step would mix rollout batches"
        )
    if args.loss_type in WINDOW_LOSSES and accumulation > 1 and not undoes_accumulation:
        problems.append(
            f"--loss_type {args.loss_type} with --gradient_accumulation_steps {accumulation}: this ms-swift "
            f"makes the policy loss {accumulation} times too small, so OPPO's terms would be as much too strong"
        )
    return problems


def reward_problems(settings: Settings, names: Iterable[str]) -> list[str]:
    """names: of the reward functions, as given to --reward_funcs or as ms-swift logs them."""
    if settings.loss.controller.enabled and {"oppo", "OppoReward"}.isdisjoint(names):
        return ["the claim controller needs the format rate: add oppo to --reward_funcs"]
    return []


def dropout_problems(model: Any) -> list[str]:
    """Passes that draw different dropout differ without any mask."""
    live = [
        name
        for name, module in model.named_modules()
        if type(module).__name__ == "Dropout" and getattr(module, "p", 0) > 0
    ]
    if not live:
        return []
    return [f"dropout is on in {len(live)} modules ({live[0]}, ...): --lora_dropout 0"]


def _zero_stage(config: Any) -> int:
    if isinstance(config, str):
        return 3 if "zero3" in config.replace("_", "").lower() else 0
    if isinstance(config, dict):
        return int(config.get("zero_optimization", {}).get("stage", 0))
    return 0
