"""Refusals that need several steps: a small state, fed with numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..config import Guards
from ..errors import OppoSwiftError
from .batch import check_finite, check_replaced

# Steps in a row in which no completion ends by itself.
CLIPPED_STEPS = 20


@dataclass
class Watch:
    """Counts of what may happen once but not always."""

    guards: Guards
    canary_left: dict[str, int] = field(default_factory=dict)
    constant_groups: int = 0
    rewards_differed: bool = False
    zero_gradients: int = 0
    clipped_steps: int = 0
    clips_replaced: float = 0.0
    clips_drawn: float = 0.0

    def replaced(self, replaced: float, drawn: float) -> None:
        """Counts of one rollout batch over all ranks. Raises OppoSwiftError (REPLACED)."""
        self.clips_replaced += replaced
        self.clips_drawn += drawn
        check_replaced(self.clips_replaced, self.clips_drawn)

    def canary(self, stream: str, effect: float) -> None:
        """effect: mean |change of log-prob| over completion tokens when `stream` is hidden, nats.

        Raises OppoSwiftError (CANARY) if hiding it changes nothing at all in the first steps.
        """
        check_finite(f"the effect of hiding the {stream}", effect)
        left = self.canary_left.get(stream, self.guards.canary_steps)
        if left == 0:
            return
        self.canary_left[stream] = left - 1
        if effect == 0.0:
            raise OppoSwiftError(
                "CANARY",
                f"hiding the {stream} changes no log-prob: it does not reach the policy",
                "check USE_AUDIO_IN_VIDEO, the media columns and their tags, and that the encoder is not pruned",
            )

    def rewards(self, groups: Sequence[Sequence[float]]) -> None:
        """groups: rewards of each group of completions.

        Raises OppoSwiftError (CONSTANT_REWARD) if none of the first groups has two different rewards.
        """
        for group in groups:
            for reward in group:
                check_finite("a reward", reward)
            if max(group) > min(group):
                self.rewards_differed = True
            else:
                self.constant_groups += 1
        if not self.rewards_differed and self.constant_groups >= self.guards.constant_reward_groups:
            raise OppoSwiftError(
                "CONSTANT_REWARD",
                f"all of the first {self.constant_groups} groups have one and the same reward inside: no advantage",
                "look at some completions; a cold start on the format may be missing",
            )

    def gradient(self, norm: float) -> None:
        """norm: of the gradient of one step. Raises OppoSwiftError (ZERO_GRADIENT)."""
        check_finite("the gradient norm", norm)
        self.zero_gradients = self.zero_gradients + 1 if norm == 0.0 else 0
        if self.zero_gradients >= self.guards.zero_grad_steps:
            raise OppoSwiftError(
                "ZERO_GRADIENT",
                f"the gradient was exactly 0 in {self.zero_gradients} steps in a row",
                "are any parameters trainable, and do completions have tokens?",
            )

    def clipped(self, ratio: float) -> None:
        """ratio: share of completions cut at the limit. Raises OppoSwiftError (ALWAYS_CLIPPED)."""
        self.clipped_steps = self.clipped_steps + 1 if ratio >= 1.0 else 0
        if self.clipped_steps >= CLIPPED_STEPS:
            raise OppoSwiftError(
                "ALWAYS_CLIPPED",
                f"no completion ended by itself in {self.clipped_steps} steps in a row",
                "endless repetition, or --max_completion_length is too small",
            )
