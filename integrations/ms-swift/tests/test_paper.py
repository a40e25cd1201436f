"""The printed loss: what it refuses, and what no case of the shared vectors can show."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from fakes import settings_data

torch = pytest.importorskip("torch")

from oppo_swift.errors import OppoSwiftError  # noqa: E402
from oppo_swift.fields import read  # noqa: E402
from oppo_swift.loss.objective import auxiliary_loss  # noqa: E402
from oppo_swift.loss.options import selectors, whole_reads  # noqa: E402
from oppo_swift.loss.sample import Claim, Rows, Sample  # noqa: E402
from oppo_swift.loss.settings import Loss  # noqa: E402
from oppo_swift.loss.totals import add, measure  # noqa: E402

pytestmark = pytest.mark.swift
LENGTH, VOCABULARY = 4, 7
VISUAL, ACOUSTIC = Claim("visual", (0, 1), 1.0), Claim("acoustic", (3,), 1.0)


def loss(evidence: str = "reference", **changes: Any) -> Loss:
    """The printed loss alone."""
    data = settings_data()["loss"]
    data["sensitivity"]["weight"] = data["onset"]["weight"] = 0
    data["paper"] |= {"weight": 0.5, **changes}
    data["evidence"]["selector"] = evidence
    return read(Loss, data, "test")


def row(seed: int) -> Any:
    return (-torch.rand(LENGTH, generator=torch.Generator().manual_seed(seed))).requires_grad_()


def logits(seed: int, positions: tuple[int, ...] = tuple(range(LENGTH))) -> Rows:
    drawn = torch.randn(len(positions), VOCABULARY, generator=torch.Generator().manual_seed(seed))
    return Rows(positions, drawn.requires_grad_())


def sample(**changes: Any) -> Sample:
    own = {
        "full": row(1),
        "video": row(2),
        "audio": row(3),
        "clauses": (VISUAL, ACOUSTIC),
        "whole": {name: logits(4 + seed) for seed, name in enumerate(("full", "video", "audio"))},
    }
    return Sample(**{**own, **changes})


def value(batch: list[Sample], options: Loss) -> float:
    return float(auxiliary_loss(batch, options, measure(batch), 1.0)[0].detach())


def refused(code: str, batch: list[Sample], options: Loss) -> str:
    with pytest.raises(OppoSwiftError) as refusal:
        value(batch, options)
    assert refusal.value.code == code
    return str(refusal.value)


def test_clauses_are_the_evidence_and_claims_are_not() -> None:
    options = loss()
    assert selectors(options) == ["own", "reference"]
    assert value([sample()], options) < 0
    assert value([sample(claims=(ACOUSTIC,))], options) == value([sample()], options)
    assert value([sample(clauses=())], options) == 0
    assert value([sample(clauses=None, claims=(VISUAL, ACOUSTIC))], loss("own")) == value([sample()], options)


def test_clauses_that_nobody_located_are_no_empty_evidence() -> None:
    assert "locate_clauses" in refused("CLAUSES_MISSING", [sample(clauses=None)], loss())


def test_a_row_that_is_missing_is_named() -> None:
    partly = {**sample().whole, "audio": logits(6, (0, 1))}
    message = refused("WHOLE_MISSING", [sample(), sample(whole=partly)], loss())
    assert "sample 1, token 3: no whole-vocabulary row of the pass 'audio'" in message and "whole_reads" in message
    assert "sample 0, token 0" in refused("WHOLE_MISSING", [sample(whole={})], loss())


def test_a_word_that_the_masked_pass_alone_rules_out_is_refused() -> None:
    own = sample()
    with torch.no_grad():
        own.whole["audio"].values[3, 2] = -torch.inf
    message = refused("DIVERGENCE_INFINITE", [own], loss())
    assert "sample 0, token 3: the divergence from the pass 'audio' is not finite" in message


def test_a_token_without_log_prob_is_refused_where_it_is_compared() -> None:
    hole = torch.tensor([-1.0, -1.0, torch.nan, -1.0])
    assert value([sample(video=hole)], loss(estimator="k1")) != 0
    hole = torch.tensor([-1.0, torch.nan, -1.0, -1.0])
    assert "token 1: the pass 'video'" in refused("NOT_COMPARABLE", [sample(video=hole)], loss(estimator="k1"))


def test_clauses_without_any_masked_pass_are_refused() -> None:
    refused("PASSES_MISSING", [sample(video=None, audio=None)], loss())


@pytest.mark.parametrize("estimator", ["whole", "k3"])
def test_a_term_over_every_token_needs_its_passes_where_nobody_claims_anything(estimator: str) -> None:
    silent = sample(video=None, audio=None, claims=(), clauses=())
    refused("PASSES_MISSING", [silent], loss(tokens="all", estimator=estimator))
    assert value([silent], loss(estimator=estimator)) == 0


def test_a_joint_pass_that_nobody_made_is_refused() -> None:
    message = refused("PASSES_MISSING", [sample()], loss(tokens="together", estimator="k3"))
    assert "both streams hidden" in message
    together = loss(tokens="together", estimator="k3")
    own = sample(both=row(9))
    assert value([own], together) < 0
    # a completion without the pass is stood for by one that has it
    assert value([own, sample()], together) == pytest.approx(value([own], together))


def test_hidden_states_with_a_head_are_the_same_loss() -> None:
    weight = torch.randn(VOCABULARY, 3, generator=torch.Generator().manual_seed(20))
    states = {
        name: torch.randn(LENGTH, 3, generator=torch.Generator().manual_seed(21 + seed)).requires_grad_()
        for seed, name in enumerate(("full", "video", "audio"))
    }
    tokens = tuple(range(LENGTH))
    headed = {name: Rows(tokens, own, lambda values: values @ weight.T) for name, own in states.items()}
    kept = {name: Rows(tokens, (own @ weight.T).detach()) for name, own in states.items()}
    for own in kept.values():
        own.values.requires_grad_()
    assert value([sample(whole=headed)], loss()) == pytest.approx(value([sample(whole=kept)], loss()), rel=1e-6)
    batch = [sample(whole=headed)]
    auxiliary_loss(batch, loss(), measure(batch), 1.0)[0].backward()
    batch = [sample(whole=kept)]
    auxiliary_loss(batch, loss(), measure(batch), 1.0)[0].backward()
    for name, own in states.items():
        assert own.grad.any()
        assert torch.allclose(own.grad, kept[name].values.grad @ weight, rtol=1e-5, atol=1e-7)


def test_rows_are_asked_for_at_evidence_alone() -> None:
    asked = whole_reads(loss(), (), (VISUAL, ACOUSTIC), LENGTH)
    assert asked == {"full": (0, 1, 3), "video": (0, 1), "audio": (3,)}
    assert whole_reads(loss(estimator="k1"), (), (VISUAL, ACOUSTIC), LENGTH) == {}


def test_passes_dealt_in_turn_are_weighed_up_over_ranks() -> None:
    whole = sample()
    parts = [[dataclasses.replace(whole, audio=None)], [dataclasses.replace(whole, video=None)]]
    totals = add(measure(part) for part in parts)
    dealt = sum(float(auxiliary_loss(part, loss(), totals, 1.0)[0].detach()) for part in parts)
    assert dealt == pytest.approx(value([whole, whole], loss()), rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"video": torch.zeros(3)}, "LENGTH_MISMATCH", "video has 3 log-probs, full has 4"),
        ({"clauses": (Claim("visual", (4,), 1.0),)}, "CLAIM_TOKEN_OUTSIDE", "token 4 is outside its 4"),
        ({"claims": (Claim("visual", (0,), 1.0, -1),)}, "CLAIM_TOKEN_OUTSIDE", "token -1"),
        ({"claims": (Claim("visual", (0,), 1.5),)}, "MATCH_RANGE", "match is 1.5"),
        ({"whole": {"full": Rows((0, 1), torch.zeros(3, 7))}}, "WHOLE_SHAPE", "[3, 7] at 2 positions"),
        ({"whole": {"full": Rows((1, 0), torch.zeros(2, 7))}}, "WHOLE_SHAPE", "do not ascend"),
        ({"full": torch.zeros(0), "video": None, "audio": None, "clauses": ()}, "EMPTY_SAMPLE", "sample 0: no tokens"),
    ],
)
def test_samples_of_another_shape_are_refused(changes: dict[str, Any], code: str, message: str) -> None:
    assert message in refused(code, [sample(**changes)], loss())


def test_no_sample_at_all_is_refused() -> None:
    with pytest.raises(OppoSwiftError, match="EMPTY_BATCH"):
        auxiliary_loss([], loss(), measure([sample()]), 1.0)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"policy": "own"}, "loss.evidence.terms has no 'policy'; known: sensitivity, onset"),
        ({"paper": "theirs"}, "loss.evidence.terms paper: must be one of own, reference"),
        ("own", "loss.evidence.terms must be an object"),
    ],
)
def test_evidence_of_single_terms_is_read_strictly(terms: Any, message: str) -> None:
    data = settings_data()["loss"]
    data["evidence"]["terms"] = terms
    with pytest.raises(OppoSwiftError, match="CONFIG_FIELD") as refusal:
        read(Loss, data, "oppo.json", "loss")
    assert message in str(refusal.value)
