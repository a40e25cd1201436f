"""Rounds of the step cost script: turns, time that is kept, failures on record. No model is made."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from step_cost_world import CPU, one_thread  # noqa: E402, F401

from measure import device as devices  # noqa: E402
from measure.rounds import Budget, measure, summary  # noqa: E402

pytestmark = pytest.mark.swift


class Clock:
    """Seconds that pass only when somebody works."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def worked(monkeypatch: Any, **seconds: float) -> tuple[Clock, Any, list[str]]:
    """A clock, steps that take so long by it, and the order they were made in."""
    clock, order = Clock(), []
    monkeypatch.setattr(devices, "now", lambda _: clock.time)

    def make(name: str) -> dict[str, float]:
        order.append(name)
        clock.time += seconds[name]
        return {"loss": 1.0}

    return clock, make, order


def test_contenders_take_turns_after_a_warm_up(monkeypatch: Any) -> None:
    clock, make, order = worked(monkeypatch, a=1.0, b=3.0)
    run = measure(["a", "b"], make, CPU, Budget(60, clock=clock), rounds=2)
    assert order == ["a", "b"] * 3 and run.rounds == 2 and run.stopped == ""
    assert [record.seconds for record in run.records] == [[1.0, 1.0], [3.0, 3.0]]
    assert [record.warm_up for record in run.records] == [1.0, 3.0]


def test_no_step_is_begun_that_may_end_too_late(monkeypatch: Any) -> None:
    clock, make, _ = worked(monkeypatch, a=1.0, b=3.0)
    run = measure(["a", "b"], make, CPU, Budget(15, reserve=3, clock=clock), rounds=50)
    # Warm-up and a round are 8 s; then a fits and b, of 3 s, would end within the reserve if it took a little longer.
    assert clock.time == 9 and run.rounds == 1
    assert [len(record.seconds) for record in run.records] == [2, 1]
    assert run.stopped == (
        "time was up in round 2 of 50: 9 s of 15 s used, 3 s kept for the comparison with float32"
    )


def test_time_that_ends_during_warm_up_leaves_the_rest_unmeasured(monkeypatch: Any) -> None:
    clock, make, _ = worked(monkeypatch, a=10.0, b=3.0)
    run = measure(["a", "b"], make, CPU, Budget(5, clock=clock), rounds=2)
    assert [record.status for record in run.records] == ["not measured", "not measured"]
    assert run.records[1].warm_up is None and "during warm-up" in run.stopped


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "out of memory"),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate"), "out of memory"),
        (ValueError("a shape is wrong"), "failed"),
    ],
)
def test_a_contender_that_fails_is_recorded_and_the_others_go_on(
    monkeypatch: Any, error: Exception, status: str
) -> None:
    clock, make, order = worked(monkeypatch, a=1.0, b=1.0, c=1.0)

    def sometimes(name: str) -> dict[str, float]:
        if name == "b":
            order.append("b")
            raise error
        return make(name)

    run = measure(["a", "b", "c"], sometimes, CPU, Budget(60, clock=clock), rounds=2)
    assert order == ["a", "b", "c", "a", "c", "a", "c"]
    assert [record.status for record in run.records] == ["measured", status, "measured"]
    assert str(error).splitlines()[0] in run.records[1].message
    assert ("test_step_cost_rounds.py:" in run.records[1].message) == (status == "failed")


def test_memory_held_is_the_warm_ups_that_of_tensors_the_highest(monkeypatch: Any) -> None:
    peaks = iter([{"allocated": 3.0, "reserved": 4.0}, {"allocated": 3.5, "reserved": 9.0}])
    cleared: list[str] = []
    monkeypatch.setattr(devices, "fresh", lambda _: cleared.append("fresh"))
    monkeypatch.setattr(devices, "forget_peak", lambda _: cleared.append("forget_peak"))
    monkeypatch.setattr(devices, "peak_gb", lambda _: next(peaks))
    run = measure(["a"], lambda _: {}, CPU, Budget(60), rounds=1)
    assert run.records[0].peak == {"allocated": 3.5, "reserved": 4.0}
    assert cleared == ["fresh", "forget_peak"]


def test_median_and_spread() -> None:
    assert summary([3.0, 1.0, 2.0]) == {"median": 2.0, "min": 1.0, "max": 3.0, "steps": 3}
    assert summary([]) is None
