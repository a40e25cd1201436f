"""Errors for people: a stable code, what is wrong, and what to do about it."""

from __future__ import annotations


class OppoSwiftError(RuntimeError):
    """Something the plugin refuses to train with. `code` is stable; `hint` says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(f"[{code}] {message}" + (f"\n  -> {hint}" if hint else ""))
        self.code = code
        self.message = message
        self.hint = hint
