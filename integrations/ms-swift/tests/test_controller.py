"""The claim controller walks through the states of the TypeScript one (controller_vectors.json)."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import vectors

from oppo_swift.loss.settings import Controller
from oppo_swift.controller import ControllerState, advance, suppression
from oppo_swift.fields import read

VECTORS = vectors("controller")


@pytest.mark.parametrize("story", VECTORS["stories"], ids=[story["name"] for story in VECTORS["stories"]])
def test_story(story: dict[str, Any]) -> None:
    options = read(Controller, VECTORS["options"], "vectors")
    state = ControllerState()
    for step in story["steps"]:
        assert suppression(state, options) == pytest.approx(step["factor"], abs=1e-12)
        state, alerts = advance(state, step["claimsPerResponse"], step["formatRate"], options)
        assert alerts == step["alerts"]
        wanted = step["state"]
        assert (state.phase, state.warmed, state.since_cut) == (
            wanted["phase"],
            wanted["warmed"],
            wanted["sinceCut"],
        )
        assert [state.claims, state.baseline, state.scale] == pytest.approx(
            [wanted["claims"], wanted["baseline"], wanted["scale"]]
        )


def test_stories_reach_every_phase() -> None:
    phases = {step["state"]["phase"] for story in VECTORS["stories"] for step in story["steps"]}
    scales = {step["state"]["scale"] for story in VECTORS["stories"] for step in story["steps"]}
    assert phases == {"waiting", "warming", "armed", "stopped"}
    assert 0.5 in scales
