"""Refusals before the first step of a Ray run. Driver and workers ask the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..config import Settings
from ..guard.startup import environment_problems, report
from ..loss.options import needs_whole

# Arguments, the values OPPO can train with, and why not with others.
ALLOWED: dict[str, tuple[tuple[Any, ...], str]] = {
    "pipeline_model_parallel_size": ((1,), "only the last stage has log-probs, and a stage runs one forward"),
    "context_parallel_size": ((1,), "evidence tokens would be split between ranks"),
    "steps_per_generation": ((1, None), "totals are those of one rollout batch, which must be one step"),
    "num_iterations": ((1, None), "a rollout batch is one step"),
    "router_replay_mode": (("disabled", None), "a masked pass would replay the routes of the full one"),
    "truncation_strategy": (("delete", "raise"), "anything else can cut media tokens"),
    "overlap_grad_reduce": ((False, None), "gradients would be sent before the masked passes have added theirs"),
    "overlap_param_gather": ((False, None), "its hooks expect one forward a micro-batch"),
    "use_megatron_fsdp": ((False, None), "its hooks expect one forward a micro-batch"),
    "calculate_per_token_loss": ((False, None), "the loss would be divided by tokens, OPPO's term with it"),
    "lora_dropout": ((0, None), "passes that draw different dropout differ without any mask (default 0.05)"),
    "multi_turn_scheduler": ((None,), "split trajectories lose their evidence"),
    "use_gym_env": ((None, False), "split trajectories lose their evidence"),
    "async_generate": ((None, False), "rollouts come from old weights"),
    "teacher_model": ((None,), "the teacher's batches are collated the same way and would be taken for rollouts"),
    "teacher_model_server": ((None,), "the teacher's batches are collated the same way"),
}


def check_ray_startup(args: Any, settings: Settings, environment: Mapping[str, str]) -> None:
    """Raises OppoSwiftError (STARTUP) listing everything OPPO cannot train with.

    args: ms-swift's MegatronRLHFArguments. Both padding modes are fine.
    """
    report(
        [
            *environment_problems(environment),
            *argument_problems(args),
            *scale_problems(args, settings),
            *vocabulary_problems(settings),
        ]
    )


def vocabulary_problems(settings: Settings) -> list[str]:
    """Terms that would need more than log-probs of sampled tokens, which is all that Megatron's forward gives."""
    return [
        f"loss.{name}.estimator whole: Megatron gives log-probs of sampled tokens alone: set it to k1 or k3, or train "
        "with `swift rlhf`"
        for name in needs_whole(settings.loss)
    ]


def argument_problems(args: Any) -> list[str]:
    """Modes that bypass the hooks or their bookkeeping."""
    problems = []
    for name, (allowed, why) in ALLOWED.items():
        value = getattr(args, name, allowed[0])
        # LoRA's dropout is there, and 0.05, when no LoRA is.
        if name == "lora_dropout" and getattr(args, "tuner_type", "lora") == "full":
            continue
        if value not in allowed:
            problems.append(f"{name}: {value}: {why}")
    return problems


def scale_problems(args: Any, settings: Settings) -> list[str]:
    """What would make the loss another one than the settings say."""
    problems = []
    if args.temperature != settings.temperature:
        problems.append(
            f"temperature: {args.temperature:g} but oppo.json says {settings.temperature:g}: log-probs are divided "
            "by it (ms-swift's own default is 0.9)"
        )
    generation, batch = getattr(args, "generation_batch_size", None), getattr(args, "global_batch_size", None)
    if generation and batch and generation != batch:
        problems.append(f"generation_batch_size: {generation} but global_batch_size: {batch}: they must be equal")
    return problems
