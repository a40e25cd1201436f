"""`oppo-swift-check data.jsonl`: is this a dataset that ms-swift and OPPO can train on?

Every line is looked at, every problem printed with its line number; exit code 1 if there is any. Sound tracks and
durations are looked into where PyAV is installed (qwen_omni_utils brings it).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .text_file import lines_of, no_duplicates, read_text

# Columns ms-swift takes for itself: data in them never reaches a reward function, or changes the prompt.
RESERVED = (
    "images",
    "objects",
    "tools",
    "system",
    "query",
    "response",
    "history",
    "teacher_prompt",
    "chat_template_kwargs",
    "data_dict",
    "dataset",
)
# Qwen2.5-Omni's feature extractor cuts sound here, seconds.
LONGEST_SOUND_SEC = 300.0
# Picture and sound of one clip may differ by this, seconds.
CLOCK_SLACK_SEC = 1.0


def check_file(path: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Problems of a dataset as `line N: ...`."""
    clips: dict[str, tuple[int, Any]] = {}
    try:
        lines = lines_of(read_text(path))
    except ValueError as error:
        yield str(error)
        return
    if path.read_bytes().startswith(b"\xef\xbb\xbf"):
        yield "line 1: begins with a byte order mark, which ms-swift takes for a part of the row: save it without one"
    if not any(line.strip() for line in lines):
        yield "the file has no lines"
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=no_duplicates)
        except ValueError as error:
            yield f"line {number}: not JSON: {error}"
            continue
        problems = check_row(row, environment) if isinstance(row, dict) else ["not an object"]
        yield from (f"line {number}: {problem}" for problem in problems)
        if isinstance(row, dict):
            yield from _check_same_clip(row, number, clips)


def check_row(row: dict[str, Any], environment: Mapping[str, str]) -> Iterator[str]:
    """Problems of one line."""
    for name in RESERVED:
        if name in row:
            yield f"`{name}` is a column of ms-swift's own: rename it"
    for name in ("clip_id", "reference"):
        if not isinstance(row.get(name), str) or not row[name].strip():
            yield f"`{name}` must be a non-empty string"
    if not _is_label(row.get("labels", row.get("label"))):
        yield "`label` must be a non-empty string (or `labels` a list of them)"
    videos, audios = row.get("videos"), row.get("audios") or []
    if not isinstance(videos, list) or len(videos) != 1 or not isinstance(videos[0], str):
        yield "`videos` must hold exactly one path (a list of frames fails in the rollout)"
        videos = []
    if not isinstance(audios, list) or len(audios) > 1 or not all(isinstance(own, str) for own in audios):
        yield "`audios` may hold one path, or be absent"
        audios = []
    yield from _check_tags(row, bool(audios))
    yield from _check_sound_source(bool(audios), environment)
    yield from _check_files(videos, audios)


def _is_label(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(own, str) and own.strip() for own in value)
    return isinstance(value, str) and bool(value.strip())


def _check_tags(row: dict[str, Any], with_audio: bool) -> Iterator[str]:
    messages = row.get("messages")
    users = [own for own in messages if isinstance(own, dict) and own.get("role") == "user"] if messages else []
    if not users or not isinstance(users[-1].get("content"), str):
        yield "`messages` must hold a user turn with text"
        return
    text = "".join(str(own.get("content", "")) for own in messages)
    wanted = {"<video>": 1, "<audio>": int(with_audio), "<image>": 0}
    for tag, count in wanted.items():
        if text.count(tag) != count:
            yield f"{text.count(tag)} {tag} tags in `messages`, {count} expected"
        elif count and users[-1]["content"].count(tag) != count:
            yield f"the {tag} tag must stand in the user's turn"


def _check_sound_source(with_audio: bool, environment: Mapping[str, str]) -> Iterator[str]:
    inside = environment.get("USE_AUDIO_IN_VIDEO", "").lower() in ("1", "true", "yes")
    if with_audio and inside:
        yield "`audios` given and USE_AUDIO_IN_VIDEO on: the model would hear the clip twice"
    if not with_audio and not inside:
        yield "no `audios`, and USE_AUDIO_IN_VIDEO is not true: the model would hear nothing"


def _check_files(videos: list[str], audios: list[str]) -> Iterator[str]:
    missing = [path for path in (*videos, *audios) if not Path(path).is_file()]
    yield from (f"no such file: {path}" for path in missing)
    if missing or not videos:
        return
    seconds = {"video": _duration(videos[0], "video"), "audio": _duration((audios or videos)[0], "audio")}
    if None in seconds.values():
        return
    for stream, path in (("video", videos[0]), ("audio", (audios or videos)[0])):
        if seconds[stream] == 0:
            yield f"{path} has no {stream} stream that can be read"
    video, audio = seconds["video"] or 0.0, seconds["audio"] or 0.0
    if video and audio and abs(video - audio) > CLOCK_SLACK_SEC:
        yield f"{video:.1f} s of video, {audio:.1f} s of sound"
    if audio > LONGEST_SOUND_SEC:
        yield f"{audio:.0f} s of sound: everything after {LONGEST_SOUND_SEC:.0f} s is cut off"


def _duration(path: str, stream: str) -> float | None:
    """Seconds of the first stream of a kind; 0 if there is none; None without PyAV."""
    try:
        import av
    except ImportError:
        return None
    try:
        with av.open(path) as container:
            found = [own for own in container.streams if own.type == stream]
            if not found:
                return 0.0
            if found[0].duration and found[0].time_base:
                return float(found[0].duration * found[0].time_base)
            return float(container.duration or 0) / av.time_base
    except av.FFmpegError:
        return 0.0


def _check_same_clip(row: dict[str, Any], number: int, clips: dict[str, tuple[int, Any]]) -> Iterator[str]:
    clip = str(row.get("clip_id"))
    facts = (row.get("reference"), row.get("label"), row.get("labels"))
    first, known = clips.setdefault(clip, (number, facts))
    if known != facts:
        yield f"line {number}: clip {clip!r} has another reference or label than in line {first}"


def main(arguments: list[str] | None = None) -> int:
    """Command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="oppo-swift-check", description=__doc__)
    parser.add_argument("dataset", type=Path, help="JSONL for ms-swift's GRPO")
    parser.add_argument("--most", type=int, default=50, help="problems to print (default: 50)")
    chosen = parser.parse_args(arguments)
    try:
        problems = list(check_file(chosen.dataset, os.environ))
    except OSError as error:
        print(f"cannot read {chosen.dataset}: {error.strerror}", file=sys.stderr)
        return 1
    for problem in problems[: chosen.most]:
        print(problem, file=sys.stderr)
    if len(problems) > chosen.most:
        print(f"... and {len(problems) - chosen.most} more", file=sys.stderr)
    if not problems:
        print("ok")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
