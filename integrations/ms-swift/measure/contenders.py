"""What is compared: plain GRPO, and what forms of the Omni-Perception Loss add to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from oppo_swift.config import Masks
from oppo_swift.fields import read
from oppo_swift.loss.options import masked_pass_learns
from oppo_swift.loss.settings import Loss

# The preset `none` of src/loss/presets.ts: the plugin reads no file with a field missing.
OFF: dict[str, dict[str, Any]] = {
    "sensitivity": {"weight": 0, "cap": 1.5, "level": "claim", "routing": "gated"},
    "onset": {"weight": 0, "cap": 3},
    "invariance": {"weight": 0, "kappa": 0.2, "huber": 1},
    "attribution": {"weight": 0, "cap": 1.5, "routing": "gated"},
    "papo": {
        "weight": 0,
        "tokens": "evidence",
        "estimator": "k3",
        "cap": 0.2,
        "maskedGradient": False,
        "fullEntropy": 0,
        "maskedEntropy": 0,
    },
    "counterfactual": {"sensitivity": 0, "invariance": 0, "cap": 2, "routing": "both", "fullEstimator": "k2"},
    "paper": {
        "weight": 0,
        "tokens": "evidence",
        "estimator": "whole",
        "reduce": "sum",
        "maskedGradient": True,
    },
    "evidence": {"selector": "own", "terms": {}},
    "controller": {
        "enabled": False,
        "warmupSteps": 50,
        "warmupFormatRate": 0.9,
        "halveBelow": 0.9,
        "stopBelow": 0.75,
        "smoothing": 0.9,
        "patience": 10,
    },
}
SWAPPED = {"visual": "swap", "acoustic": "swap", "schedule": "both", "ratio": 0.7, "unit": "element", "seed": 0}
BY_RATIO = {"visual": "ratio", "acoustic": "ratio"}
# Presets of src/loss/presets.ts, without surrogate and reference KL.
OURS = {"counterfactual": {"sensitivity": 0.05, "invariance": 0.3}}
BY_REFERENCE = {"selector": "reference"}
RELEASED = {
    "paper": {"weight": 8e-3, "estimator": "k1", "reduce": "mean", "maskedGradient": False},
    "papo": {"fullEntropy": 3e-4, "maskedEntropy": 3e-4},
    "evidence": BY_REFERENCE,
}
PLAIN = "grpo"


@dataclass(frozen=True)
class Contender:
    """One row of the table. loss, masks: the plugin's settings, None for plain GRPO."""

    name: str
    what: str
    loss: Loss | None = None
    masks: Masks | None = None

    def passes(self) -> int:
        """Masked passes of a micro-step."""
        return 0 if self.masks is None else {"both": 2, "alternate": 1}[self.masks.schedule]

    def forwards(self) -> int:
        """A step's cost in forwards of the model, if a backward pass costs one (weights are frozen) and one more is
        recomputed: old, reference, and three for each pass with a graph. What is measured is compared with this.
        """
        learns = self.loss is not None and masked_pass_learns(self.loss)
        return 5 + self.passes() * (3 if learns else 1)


def loss_settings(**changes: dict[str, Any]) -> Loss:
    """The preset `none` with some sections changed."""
    return read(Loss, {name: {**off, **changes.get(name, {})} for name, off in OFF.items()}, "step_cost")


def mask_settings(**changes: Any) -> Masks:
    """Swapped streams, both passes, with some fields changed."""
    return read(Masks, {**SWAPPED, **changes}, "step_cost")


def printed(**changes: Any) -> Loss:
    """The preset `paper` with some fields of its term changed."""
    return loss_settings(paper={"weight": 8e-3, **changes}, evidence=BY_REFERENCE)


def contenders() -> tuple[Contender, ...]:
    """In the order in which they are measured."""
    by_ratio = mask_settings(**BY_RATIO)
    return (
        Contender(PLAIN, "plain GRPO with reference KL"),
        Contender("oppo-swap", "ours: both streams swapped, a pass each", loss_settings(**OURS), mask_settings()),
        Contender(
            "oppo-swap, in turn",
            "ours: one stream swapped, a pass a step",
            loss_settings(**OURS),
            mask_settings(schedule="alternate"),
        ),
        Contender("paper", "as printed: whole vocabulary, gradient through both passes", printed(), by_ratio),
        Contender(
            "paper, masked pass detached",
            "whole vocabulary, gradient through the full pass alone",
            printed(maskedGradient=False),
            by_ratio,
        ),
        Contender("paper, k1", "sampled tokens alone, gradient through both passes", printed(estimator="k1"), by_ratio),
        Contender(
            "paper-released",
            "as the first author's repository: sampled k1, masked passes detached, entropies",
            loss_settings(**RELEASED),
            by_ratio,
        ),
    )
