"""`python -m oppo_swift.parity FILE`: worked examples of the printed OPPO, recomputed with the torch loss.

The file has the form of src/loss/paper-vectors.json: `losses` (whole vocabulary, from logits) and `sampled` (k1, k3).
Its `rewards` belong to the service: `oppo parity FILE` recomputes all of it. Exit code 1 where something differs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from .errors import OppoSwiftError
from .loss.paper import paper_loss
from .loss.sample import Claim, Rows, Sample
from .loss.settings import Paper
from .loss.totals import measure
from .text_file import no_duplicates, read_text

# Largest differences; gradients of such files are central differences.
VALUE, GRADIENT = 1e-9, 1e-6
PASSES = ("full", "video", "audio")
# Differences shown of each case.
SHOWN = 5


@dataclass
class Check:
    """A case held against what is computed here. differ: `path: expected, got` of values beyond their tolerance."""

    kind: str
    name: str
    checked: int = 0
    differ: list[str] = field(default_factory=list)


def check_file(path: str | Path) -> tuple[list[Check], dict[str, int]]:
    """Every loss of the file recomputed, and how many cases of which other kinds were left out.

    Raises OppoSwiftError (VECTORS) where the file is no JSON, has another form, or no loss.
    """
    try:
        data = json.loads(read_text(path), object_pairs_hook=no_duplicates)
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise _refused(path, f"is not valid JSON: {error}") from None
    if not isinstance(data, dict):
        raise _refused(path, "is no JSON object")
    checks = []
    for kind, recompute in RECOMPUTED.items():
        for index, case in enumerate(data.get(kind, [])):
            try:
                name, got = case["name"], recompute(case)
            except KeyError as error:
                raise _refused(path, f"{kind}.{index} has no field {error}") from None
            except (TypeError, ValueError, IndexError) as error:
                raise _refused(path, f"{kind}.{index} has another form: {error}") from None
            checks.append(_compared(Check(kind, name), case, got))
    if not checks:
        raise _refused(path, "has no loss")
    others = {
        kind: len(cases) for kind, cases in data.items() if kind not in RECOMPUTED and isinstance(cases, list)
    }
    return checks, others


def recompute_loss(case: dict[str, Any]) -> dict[str, Any]:
    """objective, loss and slopes on logits of a case over the whole vocabulary."""
    logits = {name: _leaf(case["logits"][name]) for name in PASSES}
    positions = tuple(range(len(logits["full"])))
    unread = torch.full((len(positions),), torch.nan, dtype=torch.float64)
    sample = Sample(
        full=unread,
        video=unread,
        audio=unread,
        claims=_evidence(case),
        whole={name: Rows(positions, values) for name, values in logits.items()},
    )
    values = _minimised(sample, case, "whole", case["maskedGradient"])
    return {**values, "gradientOnLogits": {name: _slope(leaf) for name, leaf in logits.items()}}


def recompute_sampled(case: dict[str, Any]) -> dict[str, Any]:
    """objective, loss and slope on the full pass of a case on sampled tokens, masked passes detached."""
    full, video, audio = (_leaf(case[name]) for name in PASSES)
    sample = Sample(full=full, video=video, audio=audio, claims=_evidence(case))
    values = _minimised(sample, case, case["estimator"], False)
    return {**values, "gradientOnFull": _slope(full)}


RECOMPUTED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "losses": recompute_loss,
    "sampled": recompute_sampled,
}


def _minimised(sample: Sample, case: dict[str, Any], estimator: str, masked_gradient: bool) -> dict[str, float]:
    options = Paper(case["beta"], "evidence", estimator, case["reduce"], masked_gradient)
    value = paper_loss([sample], options, measure([sample])).value
    if value is None:
        return {"objective": 0.0, "loss": 0.0}
    loss = options.weight * value
    loss.backward()
    return {"objective": -float(value.detach()), "loss": float(loss.detach())}


def _leaf(values: Any) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def _slope(leaf: torch.Tensor) -> Any:
    return (torch.zeros_like(leaf) if leaf.grad is None else leaf.grad).tolist()


def _evidence(case: dict[str, Any]) -> tuple[Claim, ...]:
    heads = {modality: tuple(case[modality]) for modality in ("visual", "acoustic")}
    return tuple(Claim(modality, own, 1.0) for modality, own in heads.items() if own)


def _compared(check: Check, case: dict[str, Any], got: dict[str, Any]) -> Check:
    for name, value in got.items():
        most = GRADIENT if name.startswith("gradient") else VALUE
        wanted, own = dict(_numbers(name, case.get(name))), dict(_numbers(name, value))
        for path in {**wanted, **own}:
            check.checked += 1
            a, b = wanted.get(path), own.get(path)
            if a is None or b is None or not abs(a - b) <= most:
                check.differ.append(f"{path}: expected {a}, got {b}")
    return check


def _numbers(path: str, value: Any) -> Iterator[tuple[str, float | None]]:
    """Numbers of nested objects and lists by path."""
    if isinstance(value, (dict, list)):
        for key, own in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _numbers(f"{path}.{key}", own)
    else:
        yield path, float(value) if isinstance(value, (int, float)) else None


def _refused(path: str | Path, problem: str) -> OppoSwiftError:
    return OppoSwiftError(
        "VECTORS", f"{path} {problem}", "a file has losses and sampled, as src/loss/paper-vectors.json"
    )


def main(arguments: list[str]) -> int:
    """Prints a line a case, its first differences below; 0 if all is equal, 1 if not, 2 without a file."""
    if len(arguments) != 1:
        print("usage: python -m oppo_swift.parity FILE", file=sys.stderr)
        return 2
    try:
        checks, others = check_file(arguments[0])
    except OppoSwiftError as error:
        print(error, file=sys.stderr)
        return 1
    for check in checks:
        verdict = f"{len(check.differ)} DIFFER" if check.differ else "equal"
        print(f"{check.kind:<8} {check.name:<66} {check.checked:>4} values  {verdict}")
        for line in check.differ[:SHOWN]:
            print(f"    {line}")
    for kind, count in others.items():
        print(f"{kind:<8} {count} cases left out: they are not this loss's; `oppo parity FILE` recomputes them")
    differ = sum(len(check.differ) for check in checks)
    print(f"{len(checks)} cases, {sum(check.checked for check in checks)} values, {differ} differ")
    print(f"largest difference allowed: {VALUE:g}, of gradients {GRADIENT:g}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
