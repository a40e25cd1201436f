"""The versions the plugin knows. It overrides methods of ms-swift's trainer, so a changed signature must stop it."""

from __future__ import annotations

import importlib.metadata
import inspect
from typing import Any

from .errors import OppoSwiftError

# Parameters after `self`; the order of the positional ones is what the plugin relies on.
SIGNATURES = {
    "_prepare_batch_inputs": ("samples",),
    "_compute_loss_and_metrics": ("model", "model_inputs", "grpo_batch"),
    "_get_per_token_logps_and_entropies": ("model", "model_inputs", "grpo_batch"),
    "_postprocess_rollout_outputs": ("samples", "outputs"),
    "_score_completions": ("samples",),
    "split_by_mini_batches": ("samples",),
    "_rollout_samples": ("inputs",),
    "resample_encode_failed_inputs": ("inputs",),
    "log": ("logs",),
    "_save_checkpoint": (),
}
SWIFT = "ms-swift"
KNOWN = ">=4.4,<4.7"


def installed() -> dict[str, str]:
    """Versions of what the plugin stands on; "absent" where missing."""

    def version(name: str) -> str:
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return "absent"

    return {name: version(name) for name in (SWIFT, "torch", "transformers", "trl")}


def _version_problems(have: dict[str, str]) -> list[str]:
    """ms-swift outside KNOWN, or a trl outside what that ms-swift asks for: its trainer is built on trl's."""
    from packaging.requirements import Requirement

    wanted = {SWIFT: Requirement(SWIFT + KNOWN)}
    if have[SWIFT] != "absent":
        asked = (Requirement(line) for line in importlib.metadata.requires(SWIFT) or [])
        wanted |= {own.name: own for own in asked if own.name == "trl" and own.marker is None}
    return [
        f"{name} is {have[name]}, not {own.specifier}"
        for name, own in wanted.items()
        if have[name] == "absent" or not own.specifier.contains(have[name], prereleases=True)
    ]


def check(trainer: Any) -> None:
    """Raises OppoSwiftError (VERSION) unless ms-swift is a known one and its trainer looks as the plugin expects."""
    problems = _version_problems(installed())
    for name, wanted in SIGNATURES.items():
        method = getattr(trainer, name, None)
        if method is None:
            problems.append(f"{name} is gone")
            continue
        found = tuple(inspect.signature(method).parameters)[1 : len(wanted) + 1]
        if found != wanted:
            problems.append(f"{name}({', '.join(found)}) instead of ({', '.join(wanted)})")
    if problems:
        have = ", ".join(f"{name} {version}" for name, version in installed().items())
        raise OppoSwiftError(
            "VERSION",
            f"this ms-swift is not one the plugin was written for: {'; '.join(problems)} (installed: {have})",
            f"install ms-swift{KNOWN}",
        )
