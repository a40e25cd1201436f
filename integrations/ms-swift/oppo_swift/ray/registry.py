"""Where ms-swift looks up the classes of a Ray run, and which Megatron runs would miss them. Needs no torch."""

from __future__ import annotations

import sys
from typing import Any

from ..config import Settings
from ..errors import OppoSwiftError
from ..loss.options import active

CLASSES = {"trainer": "oppo_swift.ray.driver.OppoRayTrainer", "loss": "oppo_swift.ray.loss.OppoLoss"}
# Modules that only a Ray driver, and only a Ray worker, has loaded when it reads its arguments.
DRIVER, WORKER = "swift.ray.megatron.pipeline", "swift.ray.megatron.megatron_worker"
ARGUMENTS = "swift.megatron.arguments"


def register() -> bool:
    """Puts OPPO's classes into the entry `grpo`; False if this process holds no Ray pipeline.

    The pipeline keeps the entry itself before it loads plugins, so the entry is changed in place:
    `register_ray_trainer` would put a new one where nobody looks any more. `python -m` calls the module __main__.
    """
    entries = [
        registry["grpo"]
        for name in (DRIVER, "__main__")
        if (registry := getattr(sys.modules.get(name), "_TRAINER_REGISTRY", None))
    ]
    for entry in entries:
        entry.update(CLASSES)
    return bool(entries)


def refuse_plain_megatron(settings: Settings) -> None:
    """Called when the plugin loads: Megatron without Ray has no place for the loss, whatever the reward functions.

    Raises OppoSwiftError (MEGATRON) unless every loss weight is 0.
    """
    if ARGUMENTS in sys.modules and DRIVER not in sys.modules and WORKER not in sys.modules:
        _refuse(settings)


def refuse_megatron(args: Any, settings: Settings) -> None:
    """Called when the reward is made, with ms-swift's arguments. Raises OppoSwiftError (MEGATRON) as above."""
    if "megatron" not in type(args).__module__:
        return
    if not getattr(args, "use_ray", False) or not (register() or WORKER in sys.modules):
        _refuse(settings)


def _refuse(settings: Settings) -> None:
    if active(settings.loss):
        raise OppoSwiftError(
            "MEGATRON",
            "Megatron without Ray has no place for the Omni-Perception Loss; training would go on without it, "
            "in silence",
            "train with `swift rlhf`, or `megatron rlhf --use_ray true` (experimental), or set every loss weight of "
            "oppo.json to 0 to use the reward alone",
        )
