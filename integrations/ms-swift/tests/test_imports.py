"""No module of the plugin imports one that imports it back, imports for type checkers included."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "oppo_swift"


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(PACKAGE).with_suffix("").parts)


def imports_of(file: Path, modules: set[str]) -> set[str]:
    """Modules of the package that a file imports, wherever in it the statement stands."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        base = list(file.relative_to(PACKAGE).parent.parts)
        base = base[: len(base) - (node.level - 1)] + (node.module.split(".") if node.module else [])
        named = {".".join([*base, alias.name]) for alias in node.names}
        found |= (named | {".".join(base)}) & modules
    return found


def graph() -> dict[str, set[str]]:
    files = {module_of(file): file for file in PACKAGE.rglob("*.py") if file.name != "__init__.py"}
    return {name: imports_of(file, set(files)) for name, file in files.items()}


def test_there_is_no_circle() -> None:
    found = graph()
    assert found["config"] >= {"fields", "loss.options", "loss.settings"}
    TopologicalSorter(found).prepare()


def test_a_circle_would_be_found() -> None:
    with pytest.raises(CycleError):
        TopologicalSorter({**graph(), "loss.settings": {"config"}}).prepare()
