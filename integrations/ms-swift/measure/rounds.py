"""Measuring: every contender once a round, in turn, until the rounds are done or the time is up.

Rounds, not blocks: a GPU that gets hot or a neighbour that wakes up slows all contenders alike.
"""

from __future__ import annotations

import statistics
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from . import device as devices

# A contender that ran once may take this much longer the next time.
SLACK = 1.2


@dataclass
class Record:
    """What became of a contender. seconds: of each step but the warm-up. status: "measured", "out of memory",
    "failed" or "not measured"; message: why.
    """

    name: str
    status: str = "not measured"
    message: str = ""
    warm_up: float | None = None
    seconds: list[float] = field(default_factory=list)
    peak: dict[str, float] | None = None
    values: dict[str, float] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        return self.status in ("measured", "not measured")


@dataclass
class Budget:
    """Seconds that may be used. reserve: for what comes after the rounds."""

    seconds: float
    reserve: float = 0.0
    clock: Callable[[], float] = time.monotonic
    started: float | None = None

    def __post_init__(self) -> None:
        if self.started is None:
            self.started = self.clock()

    def used(self) -> float:
        """Since the start."""
        return self.clock() - (self.started or 0.0)

    def left(self) -> float:
        """Until the reserve begins; negative beyond."""
        return self.seconds - self.reserve - self.used()


@dataclass
class Run:
    """Records, how many rounds were whole, and why no more were added."""

    records: list[Record]
    rounds: int = 0
    stopped: str = ""


def measure(
    names: Sequence[str],
    step: Callable[[str], dict[str, float]],
    device: torch.device,
    budget: Budget,
    rounds: int,
    after_round: Callable[[Run], None] = lambda _: None,
) -> Run:
    """A warm-up round, then up to `rounds`. step: makes a contender's step and returns numbers to keep.

    A contender that fails is left out of later rounds and the others go on. after_round: to save what there is.
    """
    run = Run([Record(name) for name in names])
    for turn in range(rounds + 1):
        for record in [own for own in run.records if own.alive]:
            expected = SLACK * (record.warm_up if not record.seconds else max(record.seconds)) if turn else 0.0
            if budget.left() < expected:
                run.stopped = stopped(budget, turn, rounds)
                after_round(run)
                return run
            attempt(record, step, device, warm_up=turn == 0)
        run.rounds = turn
        after_round(run)
    return run


def stopped(budget: Budget, turn: int, rounds: int) -> str:
    """What the report says where time ran out."""
    where = "during warm-up" if turn == 0 else f"in round {turn} of {rounds}"
    return (
        f"time was up {where}: {budget.used():.0f} s of {budget.seconds:.0f} s used, "
        f"{budget.reserve:.0f} s kept for the comparison with float32"
    )


def attempt(record: Record, step: Callable[[str], dict[str, float]], device: torch.device, *, warm_up: bool) -> None:
    """One step of one contender, timed; its memory and its failure are recorded."""
    (devices.fresh if warm_up else devices.forget_peak)(device)
    begun = devices.now(device)
    failure: tuple[str, str] | None = None
    try:
        record.values = step(record.name)
        took = devices.now(device) - begun
    except Exception as error:  # noqa: BLE001
        # Nothing of the exception survives this block: its frames hold the tensors that must be freed.
        failure = described(error)
    record.peak = higher(record.peak, devices.peak_gb(device))
    if failure is not None:
        record.status, record.message = failure
        devices.fresh(device)
        return
    if warm_up:
        record.warm_up = took
    else:
        record.seconds.append(took)
        record.status = "measured"


def higher(known: dict[str, float] | None, now: dict[str, float] | None) -> dict[str, float] | None:
    """The higher peak of tensors; what was held is the warm-up's, which began with nothing cached."""
    if known is None or now is None:
        return known or now
    return {**known, "allocated": max(known["allocated"], now["allocated"])}


def described(error: Exception) -> tuple[str, str]:
    """Status and message of a failure; the message of a fault of ours says where it was raised."""
    text = f"{type(error).__name__}: {error}".splitlines()[0]
    if devices.out_of_memory(error):
        return "out of memory", text
    last = traceback.extract_tb(error.__traceback__)[-1]
    return "failed", f"{text} ({last.filename}:{last.lineno})"


def summary(seconds: Sequence[float]) -> dict[str, Any] | None:
    """Median and spread."""
    if not seconds:
        return None
    return {
        "median": statistics.median(seconds),
        "min": min(seconds),
        "max": max(seconds),
        "steps": len(seconds),
    }
