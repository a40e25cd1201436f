"""Registers reward and trainer with ms-swift."""

from __future__ import annotations

import os

from . import version
from .config import load_settings
from .guard.startup import environment_problems, report
from .ray.registry import refuse_plain_megatron, register

TRAINER = "oppo_swift.trainer.OppoGRPOTrainer"


def install() -> None:
    """Checks settings, environment and versions, then registers `--reward_funcs oppo` and the GRPO trainers.

    Raises OppoSwiftError; `swift rlhf` then ends with the message and a non-zero code before it loads the model.
    """
    report(environment_problems(os.environ))
    settings = load_settings()
    refuse_plain_megatron(settings)
    register()
    from swift.rewards import ORM, orms
    from swift.rlhf_trainers.grpo_trainer import GRPOTrainer
    from swift.trainers import TrainerFactory

    from .reward import reward_class

    version.check(GRPOTrainer)
    orms["oppo"] = reward_class(ORM)
    TrainerFactory.TRAINER_MAPPING["grpo"] = TRAINER
