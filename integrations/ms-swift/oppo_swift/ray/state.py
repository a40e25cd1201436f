"""The claim controller's state by training step, next to Megatron's checkpoints. Written by the driver only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..controller import ControllerState
from ..text_file import lines_of

STATE_FILE = "oppo_state.jsonl"


def append(folder: str | Path, iteration: int, state: ControllerState) -> None:
    """One line a step: workers save checkpoints, and the driver is not told at which step."""
    with (Path(folder) / STATE_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"iteration": iteration, "controller": asdict(state)}) + "\n")


def restore(folders: Iterable[str | Path | None], iteration: int) -> ControllerState | None:
    """State after step `iteration`, from the first folder that has it; None if none does."""
    for folder in folders:
        path = Path(folder) / STATE_FILE if folder else None
        if path is None or not path.exists():
            continue
        # The last one counts: a resumed run writes its steps again.
        for line in reversed(lines_of(path.read_text(encoding="utf-8"))):
            row = _row(line)
            if row.get("iteration") == iteration:
                return ControllerState(**row["controller"])
    return None


def _row(line: str) -> dict[str, Any]:
    """A line; {} for one that a killed run left unfinished."""
    try:
        return dict(json.loads(line))
    except ValueError:
        return {}


def folders_of(args: Any) -> list[Path | None]:
    """Where the state of a resumed run may be: its own folder, and that of the checkpoint it starts from."""
    checkpoints = (getattr(args, "mcore_adapter", None), getattr(args, "mcore_model", None))
    parents = [parent for path in checkpoints if path for parent in (Path(path), Path(path).parent)]
    return [Path(args.output_dir), *parents]
