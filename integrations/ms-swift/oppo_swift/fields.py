"""Strict reading of JSON objects into frozen dataclasses: every field present, none unknown, each checked."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from typing import Any, TypeVar

from .errors import OppoSwiftError

T = TypeVar("T")


class Wrong(ValueError):
    """What a check raises; the reader adds file and field."""


def section(cls: type[T]) -> Any:
    """A field that is an object of its own."""
    return field(metadata={"section": cls})


def number(low: float = -math.inf, high: float = math.inf, *, above: float | None = None) -> Any:
    """A finite number in [low, high]; with `above`, greater than that."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise Wrong("must be a number")
        if above is not None and value <= above:
            raise Wrong(f"must be greater than {above:g}")
        if not low <= value <= high:
            raise Wrong(f"must be at least {low:g}" if value < low else f"must be at most {high:g}")
        return float(value)

    return _checked(check)


def integer(low: int) -> Any:
    """A whole number, at least `low`."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < low:
            raise Wrong(f"must be a whole number, at least {low}")
        return value

    return _checked(check)


def boolean() -> Any:
    """true or false."""

    def check(value: Any) -> bool:
        if not isinstance(value, bool):
            raise Wrong("must be true or false")
        return value

    return _checked(check)


def text(*, nullable: bool = False) -> Any:
    """A non-empty string; null too if `nullable`."""

    def check(value: Any) -> str | None:
        if value is None and nullable:
            return None
        if not isinstance(value, str) or not value.strip():
            raise Wrong("must be a non-empty string" + (" or null" if nullable else ""))
        return value

    return _checked(check)


def choice(*names: str) -> Any:
    """One of the given strings."""

    def check(value: Any) -> str:
        if value not in names:
            raise Wrong("must be one of " + ", ".join(names))
        return value

    return _checked(check)


def choices(keys: tuple[str, ...], *names: str) -> Any:
    """An object that gives some of `keys` one of the given strings each; absent keys stay absent."""

    def check(value: Any) -> dict[str, str]:
        if not isinstance(value, dict):
            raise Wrong("must be an object")
        unknown = [key for key in value if key not in keys]
        if unknown:
            raise Wrong(f"has no {', '.join(map(repr, unknown))}; known: {', '.join(keys)}")
        wrong = [key for key, name in value.items() if name not in names]
        if wrong:
            raise Wrong(f"{', '.join(wrong)}: must be one of {', '.join(names)}")
        return dict(value)

    return _checked(check)


def read(cls: type[T], data: Any, source: str, path: str = "") -> T:
    """`data` as an instance of the dataclass `cls`.

    Raises OppoSwiftError (code CONFIG_FIELD) naming `source` and the field's path: on a value that is no
    object, a missing, unknown or ill-typed field.
    """
    where = path or "the file"
    if not isinstance(data, dict):
        raise _field_error(source, where, "must be an object")
    known = {item.name: item for item in fields(cls)}  # type: ignore[arg-type]
    for name in data:
        if name not in known:
            raise _field_error(source, _join(path, name), "is not a known field", ", ".join(known))
    values = {}
    for name, item in known.items():
        if name not in data:
            raise _field_error(source, _join(path, name), "is missing", _meaning(item))
        values[name] = _value(item, data[name], source, _join(path, name))
    return cls(**values)


def _value(item: Field[Any], raw: Any, source: str, path: str) -> Any:
    nested = item.metadata.get("section")
    if nested is not None:
        return read(nested, raw, source, path)
    try:
        return item.metadata["check"](raw)
    except Wrong as wrong:
        raise _field_error(source, path, f"{wrong}, not {raw!r}") from None


def _checked(check: Callable[[Any], Any]) -> Any:
    return field(metadata={"check": check})


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else str(name)


def _meaning(item: Field[Any]) -> str:
    return "an object" if "section" in item.metadata else f"a {item.type}"


def _field_error(source: str, path: str, problem: str, expected: str = "") -> OppoSwiftError:
    hint = f"expected: {expected}" if expected else "write the file with `oppo export ms-swift`"
    return OppoSwiftError("CONFIG_FIELD", f"{source}: {path} {problem}", hint)


__all__ = ["boolean", "choice", "choices", "dataclass", "integer", "number", "read", "section", "text"]
