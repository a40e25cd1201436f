"""The claim controller: suppressive terms must not teach the policy to claim nothing.

The state machine of src/loss/controller.ts. Plain data, so it rides in a checkpoint as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .loss.settings import Controller


@dataclass(frozen=True)
class ControllerState:
    """phase: waiting for format, warming, armed with a baseline, or stopped for good.

    claims: moving average of claims per response. baseline: that average at the end of the ramp.
    """

    phase: str = "waiting"
    warmed: int = 0
    claims: float | None = None
    baseline: float | None = None
    scale: float = 1.0
    since_cut: int = 0


def suppression(state: ControllerState, options: Controller) -> float:
    """Factor 0..1 on the suppressive terms at this step; 1 when the controller is off."""
    if not options.enabled:
        return 1.0
    if state.phase in ("waiting", "stopped"):
        return 0.0
    ramp = 1.0 if options.warmupSteps == 0 else min(1.0, state.warmed / options.warmupSteps)
    return ramp * state.scale


def advance(
    state: ControllerState, claims_per_response: float, format_rate: float, options: Controller
) -> tuple[ControllerState, list[str]]:
    """State after a step, and what people should be told."""
    if state.claims is None:
        claims = claims_per_response
    else:
        claims = options.smoothing * state.claims + (1 - options.smoothing) * claims_per_response
    state = replace(state, claims=claims)
    if state.phase == "armed":
        return _guard(state, options)
    if state.phase == "stopped" or (state.phase == "waiting" and format_rate <= options.warmupFormatRate):
        return state, []
    return _warm(state, options)


def _warm(state: ControllerState, options: Controller) -> tuple[ControllerState, list[str]]:
    warmed = state.warmed + 1
    if warmed < options.warmupSteps:
        return replace(state, phase="warming", warmed=warmed), []
    armed = replace(state, phase="armed", warmed=warmed, baseline=state.claims, since_cut=options.patience)
    if (state.claims or 0) > 0:
        return armed, []
    return armed, ["no claims at the end of warm-up: the controller has nothing to protect"]


def _guard(state: ControllerState, options: Controller) -> tuple[ControllerState, list[str]]:
    claims, baseline = state.claims or 0.0, state.baseline or 0.0
    seen = f"claims per response {claims:.2f}, {baseline:.2f} after warm-up"
    if claims < options.stopBelow * baseline:
        stopped = replace(state, phase="stopped", scale=0.0)
        return stopped, [f"{seen}: suppressive terms switched off"]
    since_cut = state.since_cut + 1
    if claims < options.halveBelow * baseline and since_cut > options.patience:
        scale = state.scale / 2
        return replace(state, scale=scale, since_cut=0), [f"{seen}: suppressive terms halved to {scale:g}"]
    return replace(state, since_cut=since_cut), []
