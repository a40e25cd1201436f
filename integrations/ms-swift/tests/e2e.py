"""Starting things for the end-to-end tests: the corpus, `oppo serve`, `swift rlhf`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[3]
PLUGIN = Path(__file__).parents[1] / "oppo_swift_plugin.py"
START_SEC, RUN_SEC = 120, 1200

CORPUS = """
name: tiny
seed: 1
corpus: { clips: { train: 4, validation: 0, test: 1 }, coldStartTexts: 1, render: { wav: false } }
variants: { plain: { description: the corpus only } }
"""
# Few patches a frame, two frames a second: what CPU time allows.
MEDIA = {
    "USE_AUDIO_IN_VIDEO": "true",
    "FPS": "2",
    "VIDEO_MIN_PIXELS": "3136",
    "VIDEO_MAX_PIXELS": "6272",
    "VIDEO_TOTAL_PIXELS": "50176",
}


def oppo(*arguments: str) -> list[str]:
    """Command line of the `oppo` program."""
    return ["npx", "tsx", str(REPOSITORY / "src/cli/main.ts"), *arguments]


def make_corpus(folder: Path) -> Path:
    """Renders a few clips with sound and returns the corpus folder."""
    config = folder / "corpus.yaml"
    config.write_text(CORPUS)
    command = oppo("corpus", "--config", str(config), "--runs", str(folder))
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=START_SEC)
    return folder / "tiny" / "corpus"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def service(
    folder: Path, port: int | None = None, signal: int = 15, settings: Path | None = None
) -> Iterator[str]:
    """`oppo serve`, ready; yields its address, and ends it by `signal`. settings: a serve.json."""
    folder.mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{port or free_port()}"
    command = oppo("serve", "--port", url.rsplit(":", 1)[1], "--state", str(folder / "state"))
    command += [] if settings is None else ["--config", str(settings)]
    with open(folder / "serve.log", "w") as log:
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_until_ready(process, url, folder / "serve.log")
        yield url
    finally:
        os.killpg(process.pid, signal)
        process.wait(timeout=60)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SEC
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"oppo serve ended: {log.read_text()}")
        try:
            with urllib.request.urlopen(f"{url}/v1/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError(f"oppo serve did not get ready: {log.read_text()}")


def train(
    folder: Path,
    model: Path,
    dataset: Path,
    settings: dict[str, Any],
    *,
    ranks: int = 1,
    environment: dict[str, str] | None = None,
    steps: int = 2,
    changes: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """`swift rlhf` with the plugin, into `folder`; environment replaces MEDIA, changes are arguments."""
    extra = dict(changes or {})
    launch = ["-m", "swift.cli.rlhf"]
    if ranks > 1:
        extra |= {"use_cpu": "true", "ddp_backend": "gloo"}
        launch = [
            *("-m", "torch.distributed.run", "--nproc_per_node", str(ranks)),
            *("--master_port", str(free_port()), "-m", "swift.cli.rlhf"),
        ]
    arguments = run_arguments(folder, model, dataset, settings, steps, extra)
    run = subprocess.run(
        [sys.executable, *launch, *arguments],
        cwd=folder,
        env={**plain_environment(), **run_environment(folder, MEDIA if environment is None else environment)},
        capture_output=True,
        text=True,
        timeout=RUN_SEC,
        check=False,
    )
    (folder / "train.log").write_text(run.stdout + run.stderr)
    return run


def train_several(
    folder: Path, model: Path, dataset: Path, settings: dict[str, dict[str, Any]], changes: dict[str, dict[str, str]]
) -> str:
    """A step of `swift rlhf` for each of `settings`, by name, in one process; returns what it printed."""
    runs = []
    for name, own in settings.items():
        arguments = run_arguments(folder / name, model, dataset, own, 1, changes.get(name, {}))
        environment = run_environment(folder / name, MEDIA)
        runs.append(
            {"name": name, "folder": str(folder / name), "arguments": arguments, "environment": environment}
        )
    (folder / "runs.json").write_text(json.dumps(runs))
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("several.py")), str(folder / "runs.json")],
        env=plain_environment(),
        capture_output=True,
        text=True,
        timeout=RUN_SEC,
        check=False,
    )
    (folder / "train.log").write_text(run.stdout + run.stderr)
    return run.stdout + run.stderr


def plain_environment() -> dict[str, str]:
    """This process's, without anything that the plugin reads or refuses."""
    return {name: value for name, value in os.environ.items() if "AUDIO_IN_VIDEO" not in name}


def run_environment(folder: Path, media: dict[str, str]) -> dict[str, str]:
    return {
        **media,
        "OPPO_CONFIG": str(folder / "oppo.json"),
        "OPPO_DUMP": str(folder / "dump"),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
    }


def run_arguments(
    folder: Path, model: Path, dataset: Path, settings: dict[str, Any], steps: int, changes: dict[str, str]
) -> list[str]:
    """Writes oppo.json into `folder`; the arguments of the run that reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "oppo.json").write_text(json.dumps(settings))
    arguments = {
        "rlhf_type": "grpo",
        "model": str(model),
        "model_type": "qwen2_5_omni",
        "use_hf": "true",
        "attn_impl": "sdpa",
        "torch_dtype": "float32",
        "tuner_type": "full",
        "dataset": str(dataset),
        "load_from_cache_file": "false",
        "split_dataset_ratio": "0",
        "dataset_num_proc": "1",
        "dataloader_num_workers": "0",
        "external_plugins": str(PLUGIN),
        "reward_funcs": "oppo",
        "num_generations": "2",
        "per_device_train_batch_size": "2",
        "gradient_accumulation_steps": "2",
        "max_completion_length": "64",
        "truncation_strategy": "delete",
        "max_steps": str(steps),
        "learning_rate": "1e-4",
        "temperature": "1.0",
        "logging_steps": "1",
        "save_steps": str(steps),
        "output_dir": str(folder / "out"),
        "add_version": "false",
        "gradient_checkpointing_kwargs": '{"use_reentrant": false}',
        "report_to": "none",
        # It would ask a hub about a model that is in none.
        "check_model": "false",
        "seed": "7",
    } | changes
    return [part for name, value in arguments.items() for part in (f"--{name}", value)]


def exported(folder: Path, corpus: Path) -> list[str]:
    """What `oppo export ms-swift --preset` writes, for every preset in a folder of its name; returns the names."""
    command = ["npx", "tsx", "scripts/ms-swift-presets.ts", str(corpus), str(folder)]
    run = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True, timeout=START_SEC)
    return list(json.loads(run.stdout))


def logged(folder: Path) -> list[dict[str, Any]]:
    """Metrics of each optimiser step, from ms-swift's own logging.jsonl."""
    (path,) = folder.glob("out/**/logging.jsonl")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [row for row in rows if "grad_norm" in row]


def recomputed(folder: Path, step: int) -> dict[str, float]:
    """The OPPO term of a step by the TypeScript loss, from the dumped log-probs of all ranks."""
    (own,) = all_recomputed([folder], step)
    return own


def all_recomputed(folders: Sequence[Path], step: int) -> list[dict[str, float]]:
    """The same of several runs, in one process."""
    asked = [str(part) for folder in folders for part in (folder / "oppo.json", folder / "dump", step)]
    command = ["npx", "tsx", "scripts/ms-swift-recompute.ts", *asked]
    run = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True, timeout=START_SEC)
    return [json.loads(line) for line in run.stdout.splitlines()]
