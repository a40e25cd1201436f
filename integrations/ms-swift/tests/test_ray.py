"""OPPO's part in Megatron on Ray, with ms-swift's and Megatron's real classes on CPU (ray_rank.py says which)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("swift")
pytest.importorskip("megatron.core")
if shutil.which("npx") is None:
    pytest.skip("needs Node: oppo corpus", allow_module_level=True)

import e2e
import tiny_omni

pytestmark = [pytest.mark.swift, pytest.mark.e2e]
HERE = Path(__file__).parent
RUN_SEC = 600


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ray")
    corpus = e2e.make_corpus(folder)
    tiny_omni.build(folder / "model", tiny_omni.cold_start_texts(corpus / "swift-sft-train.jsonl"))
    return folder


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own: Megatron's state is global, and so is the plugin's registration."""
    environment = {name: value for name, value in os.environ.items() if "AUDIO_IN_VIDEO" not in name}
    folders = [str(HERE.parent), str(HERE), str(HERE / "stand_in"), environment.get("PYTHONPATH", "")]
    environment |= {**e2e.MEDIA, "PYTHONPATH": os.pathsep.join(folders), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, str(HERE / script), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def results(process: subprocess.Popen[str]) -> dict[str, dict[str, Any]]:
    output, errors = process.communicate(timeout=RUN_SEC)
    lines = [json.loads(line[7:]) for line in output.splitlines() if line.startswith("RESULT ")]
    assert process.returncode == 0 and lines, output[-3000:] + errors[-3000:]
    return {line["case"]: line for line in lines}


def ranks(world: Path, count: int, *cases: str) -> list[dict[str, dict[str, Any]]]:
    port = str(e2e.free_port())
    started = [start("ray_rank.py", str(rank), str(count), port, str(world), *cases) for rank in range(count)]
    return [results(process) for process in started]


@pytest.fixture(scope="module")
def alone(world: Path) -> dict[str, dict[str, Any]]:
    (own,) = ranks(world, 1, "blank", "swap", "paper", "paper-together", "blank-padding-free")
    return own


@pytest.mark.parametrize("case", ["blank", "swap", "paper", "paper-together"])
def test_the_term_and_its_gradient(world: Path, alone: dict[str, dict[str, Any]], case: str) -> None:
    """Against plain forwards, and the TypeScript loss on the log-probs of the run."""
    own = alone[case]
    assert "error" not in own, own
    assert abs(own["logged"]) > 1e-4 and own["gradient"] > 1e-5
    assert own["logged"] == pytest.approx(own["direct"], rel=1e-5)
    assert own["gradient_gap"] < 1e-7
    again = e2e.recomputed(world / f"{case}-1", 0)
    assert own["logged"] == pytest.approx(again["loss"], rel=1e-6)
    # Micro-batches, passes. In the first steps streams are hidden one by one for the canary, whatever terms ask.
    assert own["calls"] == 2 * (4 if case == "paper-together" else 3)
    assert all(effect > 0 for effect in own["effects"])


def test_padding_free_is_the_same(alone: dict[str, dict[str, Any]]) -> None:
    own, padded = alone["blank-padding-free"], alone["blank"]
    assert own["logged"] == pytest.approx(padded["logged"], rel=1e-5)
    assert own["gradient_gap"] < 1e-7


def test_donors_cross_alone(alone: dict[str, dict[str, Any]]) -> None:
    """Four rows, each with a donor of either stream: twice the media at most, not twice the batch a row."""
    assert alone["swap"]["wire_bytes"] < 2 * alone["blank"]["wire_bytes"]


def test_two_ranks_learn_what_one_does(world: Path, alone: dict[str, dict[str, Any]]) -> None:
    first, second = ranks(world, 2, "blank", "blind-rank-0", "blind")
    for own in (first["blank"], second["blank"]):
        assert own["logged"] == pytest.approx(alone["blank"]["logged"], rel=1e-5)
        assert own["logged"] == pytest.approx(own["direct"], rel=1e-5)
        assert own["gradient_gap"] < 1e-7
    assert first["blank"]["logged"] == pytest.approx(e2e.recomputed(world / "blank-2", 0)["loss"], rel=1e-6)
    # A stream that reaches the policy on one rank only is no fault of the set-up, and both must think so.
    assert "error" not in first["blind-rank-0"] and "error" not in second["blind-rank-0"]
    assert all("hiding the video changes no log-prob" in own["blind"]["error"] for own in (first, second))


# What must be said of each fault of ray_faults.py; of two of them nothing.
CODES = {
    "sound": None,
    "media_token_sampled": "MEDIA_TOKEN_SAMPLED",
    "all_empty": "EMPTY_COMPLETIONS",
    "trained_ids_differ": "TOKENS_DIFFER",
    "prompt_differs": "PROMPT_DIFFERS",
    "sampler_differs": "ROLLOUT_GAP",
    "teacher_column": "TEACHER",
    "uneven_micro_batches": "BATCH_SHAPE",
    "constant_reward": "CONSTANT_REWARD",
    "never_ends": "ALWAYS_CLIPPED",
    "no_gradient": "ZERO_GRADIENT",
    "resumed": None,
    "resumed_without_state": "CONTROLLER_STATE",
    "nothing_encodes": "ENCODING",
    "no_evidence": "EVIDENCE_MISSING",
    "not_a_number": "NOT_FINITE",
    "one_clip_to_swap": "MASK_DONOR",
}


def test_faults(world: Path) -> None:
    said = results(start("ray_faults.py", "0", "1", str(e2e.free_port()), str(world)))
    assert {case: own["code"] for case, own in said.items()} == CODES


@pytest.fixture(scope="module")
def exported(world: Path) -> Path:
    """A run's folder as `oppo export ms-swift` writes it, for the tiny model; a fake `megatron` reads its ray.yaml."""
    folder = world / "R&D's run"
    changes = [f"training.model={world / 'model'}", "masks.visual=black"]
    data = str(world / "tiny" / "corpus")
    command = e2e.oppo("export", "ms-swift", "--data", data, "--out", str(folder), "--set", *changes)
    subprocess.run(command, cwd=e2e.REPOSITORY, check=True, capture_output=True, timeout=e2e.START_SEC)
    (folder / "bin").mkdir()
    program = folder / "bin" / "megatron"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "ray_pipeline.py"}" $KIND "$5"\n')
    program.chmod(0o755)
    return folder


def launch(folder: Path, kind: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(HERE.parent), str(HERE / "stand_in"), os.environ.get("PYTHONPATH", "")])
    environment = {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": paths, "KIND": kind}
    return subprocess.run(
        ["bash", str(folder / "ray.sh")],
        env={**os.environ, **environment, "HF_HUB_OFFLINE": "1", "USE_HF": "1"},
        capture_output=True,
        text=True,
        timeout=RUN_SEC,
        check=False,
    )


def test_exported_run_reaches_the_loss(exported: Path) -> None:
    """ray.sh, ms-swift's reading of ray.yaml and its arguments, the plugin, and what the pipeline then would start."""
    run = launch(exported, "ray")
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    own = next(json.loads(line[7:]) for line in run.stdout.splitlines() if line.startswith("RESULT "))
    assert own["before"]["loss"] == "swift.ray.megatron.loss.grpo.GRPOLoss"
    assert own["classes"] == ["OppoRayTrainer", "OppoLoss"]
    assert own["unknown"] == own["unknown_guards"] == []
    assert own["dataset"] == [str(exported / "data.jsonl")] and own["output_dir"] == str(exported / "output-ray")


def test_megatron_without_ray_is_refused_with_any_reward(exported: Path) -> None:
    run = launch(exported, "plain")
    assert run.returncode != 0 and "[MEGATRON]" in run.stderr
