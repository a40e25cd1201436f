"""Why nothing could be encoded: ms-swift skips samples that fail, and at the end knows only how many did."""

from __future__ import annotations

import os
from typing import Any

from ..errors import OppoSwiftError


def encoding_error(template: Any, row: dict[str, Any]) -> OppoSwiftError:
    """Encodes `row` once more and tells what went wrong (code ENCODING)."""
    files = [*(row.get("videos") or []), *(row.get("audios") or [])]
    missing = [name for name in files if isinstance(name, str) and "://" not in name and not os.path.isfile(name)]
    try:
        template.encode(dict(row))
    except Exception as cause:
        reason = f"{type(cause).__name__}: {cause}".strip().rstrip(":")
    else:
        reason = "the first sample encodes by itself; others are longer than --max_length"
    # A missing video is reported as a missing reader of videos: the next one is tried, and lacks.
    if missing:
        reason = f"no such file: {missing[0]}"
    return OppoSwiftError(
        "ENCODING",
        f"ms-swift could encode none of the samples it tried. The first one says: {reason}",
        "NoBackendError: ffmpeg is not on PATH; 'read_video': install decord; otherwise raise --max_length",
    )
