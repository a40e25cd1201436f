"""The torch loss recomputes the worked examples of the printed OPPO (src/loss/paper-vectors.json)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import HERE

torch = pytest.importorskip("torch")

from oppo_swift.errors import OppoSwiftError  # noqa: E402
from oppo_swift.parity import check_file, main  # noqa: E402

pytestmark = pytest.mark.swift
SHIPPED = HERE.parents[2] / "src" / "loss" / "paper-vectors.json"
DATA = json.loads(SHIPPED.read_text(encoding="utf-8"))
CHECKS, OTHERS = check_file(SHIPPED)


def written(folder: Path, data: Any) -> Path:
    path = folder / "vectors.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
def test_equal(check: Any) -> None:
    assert check.differ == [] and check.checked > 2


def test_every_loss_of_the_file_is_recomputed_and_the_rest_is_named() -> None:
    assert [check.name for check in CHECKS] == [case["name"] for case in [*DATA["losses"], *DATA["sampled"]]]
    assert OTHERS == {"rewards": len(DATA["rewards"])}


@pytest.mark.parametrize("kind", ["losses", "sampled"])
@pytest.mark.parametrize("name", ["objective", "loss"])
def test_a_value_off_by_a_little_is_seen(kind: str, name: str, tmp_path: Path, capsys: Any) -> None:
    wrong = json.loads(json.dumps(DATA))
    wrong[kind][0][name] += 2e-9
    assert main([str(written(tmp_path, wrong))]) == 1
    printed = capsys.readouterr().out
    assert "1 DIFFER\n    " + name + ": expected" in printed and ", 1 differ" in printed


@pytest.mark.parametrize("name", ["full", "video", "audio"])
def test_a_slope_off_by_a_little_is_seen(name: str, tmp_path: Path) -> None:
    wrong = json.loads(json.dumps(DATA))
    wrong["losses"][0]["gradientOnLogits"][name][1][2] += 3e-6
    checks, _ = check_file(written(tmp_path, wrong))
    assert [len(check.differ) for check in checks] == [1] + [0] * (len(checks) - 1)
    assert checks[0].differ[0].startswith(f"gradientOnLogits.{name}.1.2: expected")


def test_a_value_that_the_file_lacks_differs(tmp_path: Path) -> None:
    wrong = json.loads(json.dumps(DATA))
    del wrong["losses"][0]["objective"]
    (first, *_), _ = check_file(written(tmp_path, wrong))
    assert [line.split(",")[0] for line in first.differ] == ["objective: expected None"]


def test_the_shipped_file_passes_and_rewards_are_said_to_be_left_out(capsys: Any) -> None:
    assert main([str(SHIPPED)]) == 0
    printed = capsys.readouterr().out
    assert "rewards  14 cases left out" in printed and ", 0 differ" in printed


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "is no JSON object"),
        ({"rewards": []}, "has no loss"),
        ({"losses": [{"name": "x"}]}, "losses.0 has no field 'logits'"),
        ({"losses": ["x"]}, "losses.0 has another form"),
        ({"sampled": [{**DATA["sampled"][0], "visual": [99]}]}, "sampled.0 has another form"),
    ],
)
def test_a_file_of_another_form_is_refused(data: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(OppoSwiftError, match="VECTORS") as refusal:
        check_file(written(tmp_path, data))
    assert message in str(refusal.value)


def test_what_is_no_json_is_refused_without_a_traceback(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{", encoding="utf-8")
    assert main([str(path)]) == 1 and "is not valid JSON" in capsys.readouterr().err
    assert main([str(tmp_path / "none.json")]) == 1 and "cannot be read" in capsys.readouterr().err
    assert main([]) == 2
