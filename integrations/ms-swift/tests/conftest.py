"""Paths for the tests: the plugin's folder on sys.path, and the shared vectors."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))


def vectors(name: str) -> Any:
    """Numbers written by the TypeScript side (`npm run vectors`)."""
    return json.loads((HERE / f"{name}_vectors.json").read_text(encoding="utf-8"))


@pytest.fixture
def settings_data() -> dict[str, Any]:
    """A complete oppo.json as an object, free to change."""
    from fakes import settings_data

    return settings_data()
