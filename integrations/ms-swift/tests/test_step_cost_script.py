"""The step cost script from its options to its files, at tiny size on the CPU: nothing here is a measurement."""
# ruff: noqa: F811 (fixtures are imported by name)

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from step_cost_world import NAMES, SCRIPT, made, one_thread, world  # noqa: E402, F401

from measure import step_cost  # noqa: E402
from measure.contenders import PLAIN  # noqa: E402
from measure.step import World  # noqa: E402

pytestmark = pytest.mark.swift


NUMBER = (int, float)
ROW = {
    "name": str,
    "what": str,
    "status": str,
    "message": str,
    "forwards_expected": int,
    "warm_up_seconds": (*NUMBER, type(None)),
    "seconds": (dict, type(None)),
    "steps": list,
    "ratio": (*NUMBER, type(None)),
    "peak_gb": (dict, type(None)),
    "beyond_plain_gb": (*NUMBER, type(None)),
    "values": dict,
}
TOP = {
    "format": str,
    "size": str,
    "seed": int,
    "dtype": str,
    "logits": str,
    "checkpointing": str,
    "device": dict,
    "versions": dict,
    "model": dict,
    "batch": dict,
    "model_gb": (*NUMBER, type(None)),
    "precision": dict,
    "budget": dict,
    "contenders": list,
}


def check_schema(data: dict[str, Any]) -> None:
    assert set(data) == set(TOP) and data["format"] == "oppo-step-cost-1"
    assert all(isinstance(data[name], kind) for name, kind in TOP.items())
    for row in data["contenders"]:
        assert set(row) == set(ROW) and all(isinstance(row[name], kind) for name, kind in ROW.items())


def test_the_script_measures_all_contenders_and_writes_both_files(tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "cost"
    assert step_cost.main(["--size", "tiny", "--device", "cpu", "--rounds", "1", "--out", str(out)]) == 0
    data = json.loads((tmp_path / "cost.json").read_text(encoding="utf-8"))
    check_schema(data)
    assert [row["name"] for row in data["contenders"]] == NAMES
    assert all(row["status"] == "measured" and len(row["steps"]) == 1 for row in data["contenders"])
    assert data["contenders"][0]["ratio"] == 1 and all(row["ratio"] > 0 for row in data["contenders"])
    assert data["budget"]["rounds"] == 1 and data["budget"]["stopped"] == ""
    page = (tmp_path / "cost.md").read_text(encoding="utf-8")
    assert page in capsys.readouterr().out
    assert "**Size tiny: says that the script works, nothing of cost.**" in page
    assert all(f"| {name}: " in page for name in NAMES) and page.count("| not measured |") == len(NAMES)
    assert set(data["precision"]["divergences"]) == {"video", "audio"} and data["precision"]["routes"]
    for own in data["precision"]["divergences"].values():
        assert own["mean"] > 0 and 0 < own["difference_mean"] < 0.2
    for found in data["precision"]["routes"].values():
        assert 0 < found["own tokens"]["difference_mean"] < 0.2
        assert set(found["drops"]) == {"video", "audio"}
    assert not list(tmp_path.glob("*.part"))


@pytest.fixture()
def ready(made: Any, monkeypatch: Any) -> None:
    """The script finds its model made."""
    monkeypatch.setattr(step_cost, "make_world", lambda *_, **__: made)


@pytest.mark.usefixtures("ready")
def test_out_of_memory_of_one_contender_stands_in_both_files(tmp_path: Path, monkeypatch: Any) -> None:
    inner = step_cost.step

    def scarce(world: World, contender: Any) -> Any:
        if contender.name == "oppo-swap":
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 1.2 GiB")
        return inner(world, contender)

    monkeypatch.setattr(step_cost, "step", scarce)
    arguments = ["--size", "tiny", "--device", "cpu", "--rounds", "1", "--no-float32", "--out", str(tmp_path / "cost")]
    assert step_cost.main(arguments) == 0
    data = json.loads((tmp_path / "cost.json").read_text(encoding="utf-8"))
    check_schema(data)
    row = next(own for own in data["contenders"] if own["name"] == "oppo-swap")
    assert row["status"] == "out of memory" and row["ratio"] is None and row["seconds"] is None
    assert sum(own["status"] == "measured" for own in data["contenders"]) == len(NAMES) - 1
    assert "out of memory: OutOfMemoryError: CUDA out of memory" in (tmp_path / "cost.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("ready")
def test_a_failure_that_is_no_lack_of_memory_ends_with_code_1(tmp_path: Path, monkeypatch: Any) -> None:
    def broken(_: World, contender: Any) -> Any:
        raise ValueError(f"{contender.name} is broken")

    monkeypatch.setattr(step_cost, "step", broken)
    arguments = ["--size", "tiny", "--device", "cpu", "--only", PLAIN, "--out", str(tmp_path / "cost")]
    assert step_cost.main(arguments) == 1
    data = json.loads((tmp_path / "cost.json").read_text(encoding="utf-8"))
    assert data["contenders"][0]["status"] == "failed" and "grpo is broken" in data["contenders"][0]["message"]
    assert data["precision"] == {"message": "not compared: no contender has both masked passes"}


@pytest.mark.usefixtures("ready")
def test_minutes_that_are_too_few_are_kept_and_said(tmp_path: Path) -> None:
    arguments = ["--size", "tiny", "--device", "cpu", "--minutes", "0.0001", "--out", str(tmp_path / "cost")]
    assert step_cost.main(arguments) == 0
    data = json.loads((tmp_path / "cost.json").read_text(encoding="utf-8"))
    assert "time was up during warm-up" in data["budget"]["stopped"]
    assert "Not all rounds were measured: time was up" in (tmp_path / "cost.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ImportError("cannot import name 'Qwen2_5Omni'"), 'has no Qwen2.5-Omni (cannot import name'),
        (torch.cuda.OutOfMemoryError("CUDA out of memory"), "the model was not made, out of memory: OutOfMemory"),
    ],
)
def test_a_model_that_cannot_be_made_is_a_message(monkeypatch: Any, capsys: Any, error: Any, message: str) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(step_cost, "make_world", failing)
    assert step_cost.main(["--size", "tiny", "--device", "cpu"]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.usefixtures("ready")
def test_a_comparison_that_fails_ends_with_code_1_and_one_without_room_with_0(tmp_path: Path, monkeypatch: Any) -> None:
    arguments = ["--size", "tiny", "--device", "cpu", "--rounds", "1", "--only", "paper"]
    for error, code, status in (
        (ValueError("rows differ"), 1, "failed"),
        (torch.cuda.OutOfMemoryError("CUDA out of memory"), 0, "out of memory"),
    ):

        def failing(*_: Any, error: Exception = error) -> Any:
            raise error

        monkeypatch.setattr(step_cost, "compare", failing)
        assert step_cost.main([*arguments, "--out", str(tmp_path / status)]) == code
        data = json.loads((tmp_path / f"{status}.json").read_text(encoding="utf-8"))
        assert data["precision"]["status"] == status and str(error) in data["precision"]["message"]


def test_memory_can_be_counted_without_a_gpu(capsys: Any) -> None:
    assert step_cost.main(["--size", "tiny", "--device", "cpu", "--trace", "--only", PLAIN]) == 0
    page = capsys.readouterr().out
    assert "**not measured**" in page and "| grpo: plain GRPO with reference KL | 0.00 |" in page


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--size", "7b", "--device", "cpu"], "size 7b needs a GPU"),
        (["--size", "tiny", "--evidence", "0"], "--evidence must be above 0"),
        (["--size", "tiny", "--rounds", "0"], "--rounds at least 1"),
        (["--size", "tiny", "--out", "/nowhere/at/all"], "the folder /nowhere/at does not exist"),
        (["--size", "tiny", "--only", "nothing"], "invalid choice: 'nothing'"),
        (["--size", "tiny", "--trace", "--no-checkpointing"], "--trace counts bfloat16 weights with gradient"),
        (["--size", "tiny", "--trace", "--dtype", "float32"], "--trace counts bfloat16 weights with gradient"),
    ],
)
def test_what_cannot_work_is_refused_at_once(arguments: list[str], message: str, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        step_cost.main(arguments if "--device" in arguments else [*arguments, "--device", "cpu"])
    assert message in capsys.readouterr().err


def test_it_needs_torch_and_transformers_alone(tmp_path: Path) -> None:
    others = ("swift", "trl", "peft", "accelerate", "deepspeed", "torchvision", "datasets", "librosa", "msgspec")
    code = (
        f"import sys, runpy; sys.modules.update(dict.fromkeys({others!r})); "
        f"sys.argv = ['step_cost.py', '--size', 'tiny', '--device', 'cpu', '--rounds', '1', '--only', '{PLAIN}', "
        f"'--out', {str(tmp_path / 'cost')!r}]; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert (tmp_path / "cost.json").exists()
