"""The Python client against the real service, killed and started again while it is asked."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

if shutil.which("npx") is None:
    pytest.skip("needs Node: oppo serve", allow_module_level=True)

import e2e

from oppo_swift.client import ServiceClient

pytestmark = pytest.mark.e2e
BATCHES, BATCH = 60, 4
# The service is down this long, seconds; the client must not give up before.
DOWN_SEC = 2.0


def items(batch: int) -> list[dict[str, Any]]:
    said = "a broad smile", "a deep frown", "raised brows", "tears"
    return [
        {
            "id": f"{batch}-{index}",
            "clip_id": f"clip {index}",
            "response": f"<think>In the video, {said[index]}, seen {batch} times.</think><answer>joy</answer>",
            "reference": f"<think>In the video, {said[batch % 4]}.</think><answer>joy</answer>",
        }
        for index in range(BATCH)
    ]


def test_rewards_are_those_of_an_undisturbed_run(tmp_path: Path) -> None:
    port = e2e.free_port()
    got: dict[int, Any] = {}
    failures: list[BaseException] = []

    def ask(worker: int) -> None:
        own = ServiceClient(f"http://127.0.0.1:{port}", retries=12, max_batch=2)
        try:
            for batch in range(worker, BATCHES, 4):
                got[batch] = own.rewards(items(batch))
                time.sleep(0.05)
        except BaseException as error:
            failures.append(error)

    workers = [threading.Thread(target=ask, args=(worker,)) for worker in range(4)]
    with e2e.service(tmp_path, port, signal=9):
        for worker in workers:
            worker.start()
        while len(got) < 8 and not failures:
            time.sleep(0.01)
    killed_at = len(got)
    assert killed_at < BATCHES and not failures
    time.sleep(DOWN_SEC)
    with e2e.service(tmp_path, port) as url:
        for worker in workers:
            worker.join(timeout=120)
        assert failures == [] and sorted(got) == list(range(BATCHES))
        again = ServiceClient(url)
        assert [got[batch] for batch in range(BATCHES)] == [again.rewards(items(batch)) for batch in range(BATCHES)]
    assert len({result["reward"] for batch in got.values() for result in batch}) > 1
