"""Why nothing could be encoded: ms-swift skips samples that fail, and at the end knows only how many did."""

from __future__ import annotations

from typing import Any

from ..errors import OppoSwiftError


def encoding_error(template: Any, row: dict[str, Any]) -> OppoSwiftError:
    """Encodes `row` once more and tells what went wrong (code ENCODING)."""
    try:
        template.encode(dict(row))
    except Exception as cause:
        reason = f"{type(cause).__name__}: {cause}".strip().rstrip(":")
    else:
        reason = "the first sample encodes by itself; others are longer than --max_length"
    return OppoSwiftError(
        "ENCODING",
        f"ms-swift could encode none of the samples it tried. The first one says: {reason}",
        "NoBackendError: ffmpeg is not on PATH; 'read_video': install decord; otherwise raise --max_length",
    )
