"""Every auxiliary term as one record: what it needs, reads and weighs follows from here (options.py, objective.py).

The same table as `src/loss/terms.ts`, without surrogate and reference KL, which are ms-swift's own;
tests/test_terms.py compares the two. Importing it loads no torch: `compute` is handed the module `terms`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .sample import MODALITIES, Claim, evidence_tokens
from .settings import Loss


def _always(_: Loss) -> bool:
    return True


def _never(_: Loss) -> bool:
    return False


def _heads(_: Loss) -> str:
    return "heads"


Reads = dict[str, Sequence[int]]


def _no_rows(_claims: tuple[Claim, ...], _length: int, _loss: Loss) -> Reads:
    return {}


@dataclass(frozen=True)
class Term:
    """A term of the loss.

    option: where its weight stands, "section.field". suppressive: scaled by the claim controller. needs: masked passes
    of a completion that it compares with, "none", "one" or "both". compute: (module `terms`, batch, settings, totals)
    -> scalar or None, or `terms.Measured` with metrics. blind_only: acts only where a stream is hidden completely.
    reads: tokens of masked passes it looks at, "none", "heads", "onset" or "all". learns_masked: sends a gradient
    through masked passes. uses_match: weighs claims by their match. joint: compares with one pass in which both streams
    are hidden, in the place of the passes in `needs`. whole: (selected claims, tokens, settings) -> tokens at which it
    looks at the whole vocabulary, by pass. metrics: what it reports besides its value, parts that add up to the global
    batch's.
    """

    name: str
    option: str
    suppressive: bool
    needs: str
    compute: Callable[[Any, Any, Loss, Any], Any]
    blind_only: bool = False
    reads: Callable[[Loss], str] = _heads
    learns_masked: Callable[[Loss], bool] = _never
    uses_match: Callable[[Loss], bool] = _never
    joint: Callable[[Loss], bool] = _never
    whole: Callable[[tuple[Claim, ...], int, Loss], Reads] = _no_rows
    metrics: tuple[str, ...] = ()

    def weight(self, loss: Loss) -> float:
        """Factor in the objective; 0 is off."""
        section, name = self.option.split(".")
        return float(getattr(getattr(loss, section), name))


def _brake(stream: str) -> Term:
    masked = stream != "full"
    return Term(
        name=f"entropy_{stream}",
        option="papo.maskedEntropy" if masked else "papo.fullEntropy",
        suppressive=False,
        needs="one" if masked else "none",
        reads=lambda _: "all" if masked else "none",
        learns_masked=lambda loss: masked and loss.papo.maskedGradient,
        compute=lambda terms, batch, loss, totals: terms.entropy_brake(
            batch, stream, not masked or loss.papo.maskedGradient, totals
        ),
    )


def _counterfactual_learns(loss: Loss) -> bool:
    return loss.counterfactual.routing != "full"


def _paper_reads(loss: Loss) -> str:
    if loss.paper.estimator == "whole":
        return "none"
    return "heads" if loss.paper.tokens == "evidence" else "all"


def _paper_rows(claims: tuple[Claim, ...], length: int, loss: Loss) -> Reads:
    if loss.paper.estimator != "whole":
        return {}
    everywhere = range(length)
    if loss.paper.tokens == "together":
        return {"full": everywhere, "both": everywhere}
    if loss.paper.tokens == "all":
        return {"full": everywhere, "video": everywhere, "audio": everywhere}
    visual, acoustic = (evidence_tokens(claims, modality) for modality in MODALITIES)
    return {"full": [*visual, *acoustic], "video": visual, "audio": acoustic}


# Summed in this order.
TERMS: tuple[Term, ...] = (
    Term(
        name="sensitivity",
        option="sensitivity.weight",
        suppressive=True,
        needs="one",
        learns_masked=lambda loss: loss.sensitivity.routing != "full",
        uses_match=lambda loss: loss.sensitivity.routing == "gated",
        compute=lambda terms, batch, loss, totals: terms.sensitivity(batch, loss.sensitivity, totals),
    ),
    Term(
        name="onset",
        option="onset.weight",
        suppressive=True,
        needs="one",
        blind_only=True,
        reads=lambda _: "onset",
        learns_masked=_always,
        compute=lambda terms, batch, loss, totals: terms.onset(batch, loss.onset, totals),
    ),
    Term(
        name="invariance",
        option="invariance.weight",
        suppressive=False,
        needs="one",
        uses_match=_always,
        compute=lambda terms, batch, loss, totals: terms.invariance(batch, loss.invariance, totals),
    ),
    Term(
        name="attribution",
        option="attribution.weight",
        suppressive=True,
        needs="both",
        learns_masked=_always,
        uses_match=lambda loss: loss.attribution.routing == "gated",
        compute=lambda terms, batch, loss, totals: terms.attribution(batch, loss.attribution, totals),
    ),
    Term(
        name="papo",
        option="papo.weight",
        suppressive=False,
        needs="one",
        reads=lambda loss: "all" if loss.papo.tokens == "all" else "heads",
        learns_masked=lambda loss: loss.papo.maskedGradient,
        compute=lambda terms, batch, loss, totals: terms.perception_bonus(batch, loss.papo, totals),
    ),
    _brake("full"),
    _brake("video"),
    _brake("audio"),
    Term(
        name="counterfactual_sensitivity",
        option="counterfactual.sensitivity",
        suppressive=True,
        needs="one",
        learns_masked=_counterfactual_learns,
        compute=lambda terms, batch, loss, totals: terms.counterfactual_sensitivity(
            batch, loss.counterfactual, totals
        ),
    ),
    Term(
        name="counterfactual_invariance",
        option="counterfactual.invariance",
        suppressive=False,
        needs="one",
        learns_masked=_counterfactual_learns,
        compute=lambda terms, batch, loss, totals: terms.counterfactual_invariance(
            batch, loss.counterfactual, totals
        ),
    ),
    Term(
        name="paper",
        option="paper.weight",
        suppressive=False,
        needs="one",
        reads=_paper_reads,
        learns_masked=lambda loss: loss.paper.maskedGradient,
        joint=lambda loss: loss.paper.tokens == "together",
        whole=_paper_rows,
        metrics=("paper/divergence", "paper/tokens"),
        compute=lambda terms, batch, loss, totals: terms.paper_loss(batch, loss.paper, totals),
    ),
)
