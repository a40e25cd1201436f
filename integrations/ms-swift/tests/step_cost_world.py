"""A world of the step cost script at tiny size on the CPU, for its tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from measure import step_cost  # noqa: E402
from measure.contenders import contenders  # noqa: E402
from measure.sizes import TINY  # noqa: E402
from measure.step import World  # noqa: E402
from measure.world import make_world  # noqa: E402

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
