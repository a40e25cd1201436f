"""`oppo-swift-check` finds each fault of a dataset."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

import pytest

from oppo_swift.check_data import check_file, main

INSIDE = {"USE_AUDIO_IN_VIDEO": "true"}


def sound(path: Path, seconds: float) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\1\0" * int(8000 * seconds))
    return str(path)


def video(path: Path, seconds: int) -> str:
    av = pytest.importorskip("av")
    import numpy

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=4)
        stream.width = stream.height = 32
        for _ in range(4 * seconds):
            frame = av.VideoFrame.from_ndarray(numpy.zeros((32, 32, 3), dtype="uint8"))
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return str(path)


@pytest.fixture
def row(tmp_path: Path) -> dict[str, Any]:
    return {
        "messages": [{"role": "user", "content": "<video><audio>What emotion?"}],
        "videos": [video(tmp_path / "clip.mp4", 2)],
        "audios": [sound(tmp_path / "clip.wav", 2)],
        "clip_id": "one",
        "reference": "He smiles.",
        "label": "happiness",
    }


def problems(tmp_path: Path, *rows: Any, environment: dict[str, str] | None = None) -> list[str]:
    path = tmp_path / "data.jsonl"
    text = "\n".join(own if isinstance(own, str) else json.dumps(own) for own in rows)
    path.write_text(text, encoding="utf-8")
    return list(check_file(path, environment or {}))


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c"])
def test_line_separators_of_unicode_are_characters(tmp_path: Path, row: dict[str, Any], character: str) -> None:
    row["reference"] = f"He smiles.{character}He nods."
    lines = [json.dumps({**row, "clip_id": name}, ensure_ascii=False) for name in "ab"]
    # json escapes control characters; the separators of Unicode stand bare
    assert problems(tmp_path, *lines) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"clip_id": "高兴"}\n'.encode("gbk"), "line 1: byte 14 (0xb8) is not UTF-8"),
        ("{}\n{}\n".encode("utf-16"), "line 1: byte 1 (0xff) is not UTF-8, perhaps UTF-16"),
        (b"\xef\xbb\xbf{}\n\xe9", "line 2: byte 7 (0xe9) is not UTF-8"),
        (b"\xef\xbb\xbf{}\n", "line 1: begins with a byte order mark"),
        (b'{"label": "a", "label": "b"}', "line 1: not JSON: 'label' is given twice"),
        (b'{"clip_id": "a"}\n{"clip_id": "b', "line 2: not JSON"),
    ],
)
def test_a_file_of_another_form_is_named_by_line_and_byte(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(content)
    assert any(problem.startswith(message) for problem in check_file(path, {}))


def test_a_sound_line(tmp_path: Path, row: dict[str, Any]) -> None:
    assert problems(tmp_path, row, {**row, "clip_id": "two", "labels": ["sad"]}) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"clip_id": ""}, "`clip_id` must be"),
        ({"reference": None}, "`reference` must be"),
        ({"label": []}, "`label` must be"),
        ({"videos": [["a.png", "b.png"]]}, "exactly one path"),
        ({"videos": ["/nowhere.mp4"]}, "no such file: /nowhere.mp4"),
        ({"messages": []}, "a user turn"),
        ({"messages": [{"role": "user", "content": "<audio>What?"}]}, "0 <video> tags"),
        ({"messages": [{"role": "user", "content": "<video>What?"}]}, "0 <audio> tags in `messages`, 1 expected"),
        (
            {
                "messages": [
                    {"role": "system", "content": "<video>"},
                    {"role": "user", "content": "<audio>What?"},
                ]
            },
            "must stand in the user's turn",
        ),
        ({"dataset": "MER"}, "`dataset` is a column of ms-swift's own"),
    ],
)
def test_faults(tmp_path: Path, row: dict[str, Any], change: dict[str, Any], message: str) -> None:
    found = problems(tmp_path, {**row, **change})
    assert any(message in own and own.startswith("line 1: ") for own in found), found


def test_where_the_sound_comes_from(tmp_path: Path, row: dict[str, Any]) -> None:
    assert "hear the clip twice" in problems(tmp_path, row, environment=INSIDE)[0]
    del row["audios"]
    row["messages"][0]["content"] = "<video>What emotion?"
    assert any("hear nothing" in own for own in problems(tmp_path, row))
    assert problems(tmp_path, row, environment=INSIDE) == [
        f"line 1: {row['videos'][0]} has no audio stream that can be read"
    ]


def test_durations(tmp_path: Path, row: dict[str, Any]) -> None:
    row["audios"] = [sound(tmp_path / "long.wav", 5)]
    assert problems(tmp_path, row) == ["line 1: 2.0 s of video, 5.0 s of sound"]
    row["audios"] = [sound(tmp_path / "longer.wav", 301)]
    assert any("everything after 300 s" in own for own in problems(tmp_path, row))


def test_lines(tmp_path: Path, row: dict[str, Any]) -> None:
    assert problems(tmp_path) == ["the file has no lines"]
    found = problems(tmp_path, row, "{", "[]", {**row, "reference": "She frowns."})
    assert [own.split(":")[0] for own in found] == ["line 2", "line 3", "line 4"]
    assert "another reference or label than in line 1" in found[2]


def test_command_line(tmp_path: Path, row: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text("\n".join(json.dumps({**row, "clip_id": ""}) for _ in range(4)))
    assert main([str(path), "--most", "2"]) == 1
    assert "... and 2 more" in capsys.readouterr().err
    path.write_text(json.dumps(row))
    assert main([str(path)]) == 0
    assert main([str(tmp_path / "nothing.jsonl")]) == 1
