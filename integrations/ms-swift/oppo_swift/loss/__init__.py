"""The Omni-Perception Loss in torch, term by term as in src/loss (TypeScript). See docs/method.md."""

from .objective import active_terms, auxiliary_loss, masked_pass_learns, needs_passes
from .sample import Claim, Sample
from .totals import Totals, measure

__all__ = [
    "Claim",
    "Sample",
    "Totals",
    "active_terms",
    "auxiliary_loss",
    "masked_pass_learns",
    "measure",
    "needs_passes",
]
