"""oppo.json is read strictly: every mistake names file and field."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from oppo_swift.config import load_settings
from oppo_swift.errors import OppoSwiftError

Data = dict[str, Any]


def written(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "oppo.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_complete_file(tmp_path: Path, settings_data: Data) -> None:
    settings = load_settings(written(tmp_path, settings_data))
    assert settings.loss.sensitivity.routing == "gated"
    assert settings.service.max_batch == 3
    assert settings.temperature == 1.0


def without(*path: str) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for name in path[:-1]:
            data = data[name]
        del data[path[-1]]

    return change


def put(value: Any, *path: str) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for name in path[:-1]:
            data = data[name]
        data[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("temperature"), "temperature is missing"),
        (without("loss", "onset", "cap"), "loss.onset.cap is missing"),
        (put(1, "loss", "surrogate"), "loss.surrogate is not a known field"),
        (put("0.1", "loss", "papo", "weight"), "loss.papo.weight must be a number"),
        (put(True, "loss", "papo", "weight"), "loss.papo.weight must be a number"),
        (put(-0.1, "loss", "papo", "weight"), "loss.papo.weight must be at least 0"),
        (put(0, "loss", "sensitivity", "cap"), "loss.sensitivity.cap must be greater than 0"),
        (put("masked", "loss", "sensitivity", "routing"), "must be one of full, mask, both, gated"),
        (put("noise", "masks", "visual"), "masks.visual must be one of blank, swap, ratio, mean"),
        (put(1, "loss", "controller", "enabled"), "loss.controller.enabled must be true or false"),
        (put(1.5, "service", "retries"), "service.retries must be a whole number"),
        (put("", "service", "url"), "service.url must be a non-empty string"),
        (put([], "masks"), "masks must be an object"),
        (put("oppo-ms-swift-1", "format"), "format must be one of oppo-ms-swift-2"),
        (put(1.2, "masks", "ratio"), "masks.ratio must be at most 1"),
        (put("pixel", "masks", "unit"), "masks.unit must be one of element, frame, block"),
    ],
)
def test_field_errors(tmp_path: Path, settings_data: Data, change: Callable[[Data], None], message: str) -> None:
    change(settings_data)
    path = written(tmp_path, settings_data)
    with pytest.raises(OppoSwiftError) as caught:
        load_settings(path)
    assert caught.value.code == "CONFIG_FIELD"
    assert message in str(caught.value) and str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([put("localhost:8791", "service", "url")], "http://"),
        ([put(0.95, "loss", "controller", "stopBelow")], "stopBelow exceeds halveBelow"),
        (
            [put(0.1, "loss", "attribution", "weight"), put("alternate", "masks", "schedule")],
            "schedule must be both",
        ),
        ([put("swap", "masks", "visual"), put("swap", "masks", "acoustic")], "loss.onset never acts under swap masks"),
        ([put("swap", "masks", "visual"), put("ratio", "masks", "acoustic")], "under swap and ratio masks"),
    ],
)
def test_conflicts(tmp_path: Path, settings_data: Data, changes: list[Callable[[Data], None]], message: str) -> None:
    for change in changes:
        change(settings_data)
    with pytest.raises(OppoSwiftError, match="CONFIG_CONFLICT") as caught:
        load_settings(written(tmp_path, settings_data))
    assert message in str(caught.value)


def test_a_ratio_of_1_hides_completely(tmp_path: Path, settings_data: Data) -> None:
    for name in ("visual", "acoustic"):
        put("ratio", "masks", name)(settings_data)
    put(1, "masks", "ratio")(settings_data)
    assert load_settings(written(tmp_path, settings_data)).masks.partial() == frozenset()


def test_unset_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPPO_CONFIG", raising=False)
    with pytest.raises(OppoSwiftError, match="OPPO_CONFIG is not set"):
        load_settings()


def test_variable_names_the_file(tmp_path: Path, settings_data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPPO_CONFIG", str(written(tmp_path, settings_data)))
    assert load_settings().format == "oppo-ms-swift-2"


def test_missing_file_and_bad_json(tmp_path: Path) -> None:
    with pytest.raises(OppoSwiftError, match="CONFIG_FILE"):
        load_settings(tmp_path / "nothing.json")
    with pytest.raises(OppoSwiftError, match="CONFIG_JSON"):
        load_settings(written(tmp_path, "{"))
    with pytest.raises(OppoSwiftError, match="'a' is given twice"):
        load_settings(written(tmp_path, '{"a": 1, "a": 2}'))


def test_command_line(tmp_path: Path, settings_data: Data) -> None:
    def run(data: Data) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "oppo_swift.config", str(written(tmp_path, data))]
        folder = Path(__file__).parent.parent
        return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)

    assert run(settings_data).stdout == "ok\n"
    refused = run({**settings_data, "temperature": 0})
    assert refused.returncode == 1 and "temperature must be greater than 0" in refused.stderr
