"""The plugin's tables are those of src/loss/terms.ts, src/rewards/terms.ts and src/prompt/masks.ts."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from conftest import vectors

from oppo_swift.config import Masks
from oppo_swift.errors import OppoSwiftError
from oppo_swift.fields import read
from oppo_swift.loss.options import (
    active,
    masked_pass_learns,
    needs_joint_pass,
    needs_match,
    needs_passes,
    required_passes,
    selectors,
)
from oppo_swift.loss.selectors import selector_of
from oppo_swift.loss.settings import EVIDENCE_TERMS, Loss
from oppo_swift.loss.table import TERMS, Term
from oppo_swift.mask_kinds import KINDS
from oppo_swift.reward import TERMS as REWARD_TERMS

VECTORS = vectors("term")
STATIC = ("name", "option", "suppressive", "needs", "blind_only", "metrics")


def test_same_masks() -> None:
    own = {
        kind.id: {
            "partial": kind.partial,
            "needs_donor": kind.needs_donor,
            "needs_ratio": kind.needs_ratio,
            "streams": list(kind.streams),
        }
        for kind in KINDS
    }
    assert own == {mask.pop("id"): mask for mask in map(dict, VECTORS["masks"])}


def test_same_units_of_a_ratio() -> None:
    def accepted(unit: str) -> bool:
        data = {"visual": "ratio", "acoustic": "ratio", "schedule": "both", "ratio": 0.5, "unit": unit, "seed": 1}
        try:
            return read(Masks, data, "test").unit == unit
        except OppoSwiftError:
            return False

    assert VECTORS["ratio_units"] and all(map(accepted, VECTORS["ratio_units"])) and not accepted("pixel")


def test_same_reward_terms() -> None:
    assert {form: list(terms) for form, terms in REWARD_TERMS.items()} == VECTORS["rewards"]


def test_same_terms_in_the_same_order() -> None:
    own = [{**{name: getattr(term, name) for name in STATIC}, "metrics": list(term.metrics)} for term in TERMS]
    assert own == VECTORS["terms"]


def test_evidence_can_be_chosen_for_the_same_terms() -> None:
    assert list(EVIDENCE_TERMS) == VECTORS["evidence_terms"]
    assert set(EVIDENCE_TERMS) <= {term.name for term in TERMS}


@pytest.mark.parametrize("case", VECTORS["cases"], ids=[case["name"] for case in VECTORS["cases"]])
def test_same_needs_under(case: dict[str, Any]) -> None:
    loss = read(Loss, case["options"], "vectors")
    assert required_passes(loss) == case["passes"]
    assert needs_passes(loss) == (case["passes"] != "none")
    assert needs_joint_pass(loss) == case["joint"]
    assert ("reference" in selectors(loss)) == case["clauses"]
    own = [
        {
            "name": term.name,
            "weight": term.weight(loss),
            "reads": term.reads(loss),
            "learns_masked": term.learns_masked(loss),
            "uses_match": term.uses_match(loss),
            "selector": selector_of(term, loss),
        }
        for term in active(loss)
    ]
    assert own == case["active"]
    assert masked_pass_learns(loss) == any(term["learns_masked"] for term in case["active"])
    assert needs_match(loss) == any(term["uses_match"] for term in case["active"])


def test_every_term_is_on_in_some_case() -> None:
    seen = {term["name"] for case in VECTORS["cases"] for term in case["active"]}
    assert seen == {term.name for term in TERMS}


class Toy(Term):
    """A term that is always on."""

    def weight(self, loss: Loss) -> float:
        return 1.0


TOY = Toy(
    name="toy",
    option="",
    suppressive=False,
    needs="both",
    compute=lambda terms, batch, loss, totals: batch[0].video.sum(),
    learns_masked=lambda _: True,
    uses_match=lambda _: True,
)


def plain() -> Loss:
    case = next(case for case in VECTORS["cases"] if case["name"] == "preset bonus-evidence")
    loss = read(Loss, case["options"], "vectors")
    return dataclasses.replace(loss, papo=dataclasses.replace(loss.papo, weight=0.0))


def test_an_added_term_gets_what_it_declares() -> None:
    loss, terms = plain(), (*TERMS, TOY)
    assert (required_passes(loss), masked_pass_learns(loss), needs_match(loss)) == ("none", False, False)
    assert required_passes(loss, terms) == "both"
    assert masked_pass_learns(loss, terms) and needs_match(loss, terms)


@pytest.mark.swift
def test_an_added_term_moves_the_gradient() -> None:
    torch = pytest.importorskip("torch")
    from oppo_swift.loss.objective import auxiliary_loss
    from oppo_swift.loss.sample import Claim, Sample
    from oppo_swift.loss.totals import measure

    def row() -> Any:
        return torch.tensor([-1.0, -2.0], requires_grad=True)

    batch = [Sample(full=row(), video=row(), audio=row(), claims=(Claim("visual", (1,), 0.5),))]
    total, values = auxiliary_loss(batch, plain(), measure(batch), 1.0, (*TERMS, TOY))
    total.backward()
    assert values == {"toy": -3.0}
    assert batch[0].video.grad.tolist() == [1.0, 1.0]
    deaf = [dataclasses.replace(batch[0], audio=None)]
    with pytest.raises(OppoSwiftError, match="BOTH_PASSES_MISSING.*toy"):
        auxiliary_loss(deaf, plain(), measure(deaf), 1.0, (*TERMS, TOY))
