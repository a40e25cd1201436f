"""The torch loss gives the values and gradients of the TypeScript loss (loss_vectors.json)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from conftest import vectors

torch = pytest.importorskip("torch")

from oppo_swift.loss.settings import Loss  # noqa: E402
from oppo_swift.errors import OppoSwiftError  # noqa: E402
from oppo_swift.fields import read  # noqa: E402
from oppo_swift.loss.objective import auxiliary_loss  # noqa: E402
from oppo_swift.loss.options import logged_names, masked_pass_learns, whole_reads  # noqa: E402
from oppo_swift.loss.sample import PASSES, Claim, Rows, Sample  # noqa: E402
from oppo_swift.loss.totals import add, measure  # noqa: E402

pytestmark = pytest.mark.swift
VECTORS = vectors("loss")
CASES = VECTORS["cases"]


def samples_of(case: dict[str, Any]) -> list[Sample]:
    def leaf(values: list[float] | None) -> Any:
        return None if values is None else torch.tensor(values, dtype=torch.float64, requires_grad=True)

    return [
        Sample(
            full=leaf(raw["full"]),
            video=leaf(raw["video"]),
            audio=leaf(raw["audio"]),
            both=leaf(raw["both"]),
            claims=claims_of(raw["claims"]),
            clauses=claims_of(raw["clauses"]),
            whole={
                name: Rows(tuple(rows["positions"]), leaf(rows["logits"])) for name, rows in raw["whole"].items()
            },
            partial=frozenset(raw["partial"]),
        )
        for raw in case["samples"]
    ]


def claims_of(raw: list[dict[str, Any]]) -> tuple[Claim, ...]:
    return tuple(
        Claim(claim["modality"], tuple(claim["heads"]), claim["match"], claim["onset"]) for claim in raw
    )


def leaf_gap(leaf: Any, wanted: Any) -> float:
    got = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
    expected = torch.zeros_like(leaf) if wanted is None else torch.tensor(wanted, dtype=torch.float64)
    return float((got - expected).abs().max())


def gradient_gap(case: dict[str, Any], samples: list[Sample]) -> float:
    gap = 0.0
    for name in PASSES:
        for sample, wanted in zip(samples, case["gradient"][name], strict=True):
            leaf = getattr(sample, name)
            if leaf is None:
                assert wanted is None
                continue
            gap = max(gap, leaf_gap(leaf, wanted))
    for sample, slopes in zip(samples, case["whole_gradient"], strict=True):
        assert slopes.keys() == sample.whole.keys()
        for name, wanted in slopes.items():
            gap = max(gap, leaf_gap(sample.whole[name].values, wanted))
    return gap


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_value_and_gradient(case: dict[str, Any]) -> None:
    samples = samples_of(case)
    options = read(Loss, case["options"], "vectors")
    total, values = auxiliary_loss(samples, options, measure(samples), case["suppression"])
    total.backward()
    assert abs(float(total.detach()) - case["loss"]) < VECTORS["tolerance"]
    metrics = {name: value for name, value in values.items() if "/" in name}
    assert metrics == pytest.approx(case["metrics"], abs=VECTORS["tolerance"])
    assert values.keys() <= set(logged_names(options))
    assert gradient_gap(case, samples) < VECTORS["tolerance"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_micro_batches_add_up_to_the_batch(case: dict[str, Any]) -> None:
    samples = samples_of(case)
    options = read(Loss, case["options"], "vectors")
    parts = [samples[:1], samples[1:]]
    totals = add(measure(part) for part in parts)
    found = [auxiliary_loss(part, options, totals, case["suppression"]) for part in parts]
    losses = [loss for loss, _ in found]
    sum(losses).backward()
    for name, wanted in case["metrics"].items():
        assert abs(sum(values[name] for _, values in found) - wanted) < VECTORS["tolerance"]
    assert abs(float(sum(losses).detach()) - case["loss"]) < VECTORS["tolerance"]
    assert gradient_gap(case, samples) < VECTORS["tolerance"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_masked_pass_learns_tells_whether_a_graph_is_needed(case: dict[str, Any]) -> None:
    hidden = PASSES[1:]
    learns = any(row is not None and any(row) for name in hidden for row in case["gradient"][name]) or any(
        any(map(any, slopes.get(name, []))) for slopes in case["whole_gradient"] for name in hidden
    )
    options = read(Loss, case["options"], "vectors")
    assert learns <= masked_pass_learns(options)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_whole_rows_are_asked_for_where_typescript_asks(case: dict[str, Any]) -> None:
    options = read(Loss, case["options"], "vectors")
    for sample, raw in zip(samples_of(case), case["samples"], strict=True):
        asked = whole_reads(options, sample.claims, sample.clauses, len(sample.full))
        wanted = {name: tuple(rows["positions"]) for name, rows in raw["whole"].items()}
        absent = {name for name in PASSES[1:] if raw[name] is None}
        assert {name: tokens for name, tokens in asked.items() if name not in absent} == wanted


def test_missing_passes_are_refused() -> None:
    case = next(case for case in CASES if case["name"] == "preset robust")
    blind = [dataclasses.replace(sample, video=None, audio=None) for sample in samples_of(case)]
    options = read(Loss, case["options"], "vectors")
    with pytest.raises(OppoSwiftError, match="PASSES_MISSING"):
        auxiliary_loss(blind, options, measure(blind), 1.0)


def test_a_term_without_anything_to_act_on_is_zero_with_a_graph() -> None:
    sample = Sample(full=torch.tensor([-1.0, -2.0], requires_grad=True), video=torch.tensor([-1.0, -1.0]))
    options = read(Loss, CASES[0]["options"], "vectors")
    total, values = auxiliary_loss([sample], options, measure([sample]), 1.0)
    total.backward()
    assert float(total.detach()) == 0 and values == {"sensitivity": 0.0}
    assert sample.full.grad is not None and not sample.full.grad.any()
