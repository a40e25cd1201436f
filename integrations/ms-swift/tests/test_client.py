"""The client retries what may pass, refuses what is wrong, and checks every answer against its question."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from fakes import FakeService, honest, honest_evidence, honest_rewards, sha256

from oppo_swift.client import ServiceClient, ServiceError

TEXTS = ["he smiles 😀", "皱眉", "", "her voice trembles", "a", "b", "c"]
EVIDENCE = [{"id": f"r{index}", "text": text} for index, text in enumerate(TEXTS)]
REWARDS = [
    {"id": f"r{index}", "clip_id": "clip", "response": text, "reference": "He smiles."}
    for index, text in enumerate(TEXTS)
]


def client(url: str, **options: Any) -> tuple[ServiceClient, list[float]]:
    waits: list[float] = []
    return ServiceClient(url, **{"max_batch": 3, "retries": 2, "sleep": waits.append, **options}), waits


def test_batches_are_split_and_put_back_in_order() -> None:
    def backwards(path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        status, headers, answer = honest(path, body)
        answer["results"].reverse()
        return status, headers, answer

    with FakeService(backwards) as service:
        own, _ = client(service.url)
        assert [result["id"] for result in own.rewards(REWARDS)] == [item["id"] for item in REWARDS]
        assert [len(result["claims"]) for result in own.evidence(EVIDENCE)] == [1] * 7
        assert [len(body["items"]) for _, body, _ in service.requests] == [3, 3, 1, 3, 3, 1]


def test_key_is_sent() -> None:
    with FakeService(honest) as service:
        client(service.url, api_key="secret")[0].rewards(REWARDS[:1])
        assert service.requests[0][2]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_transient_failures_are_retried(status: int) -> None:
    failures = [status, status]

    def sometimes(path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        if failures:
            return failures.pop(), {"retry-after": "7"}, {"error": {"code": "BUSY", "message": "full"}}
        return honest(path, body)

    with FakeService(sometimes) as service:
        own, waits = client(service.url)
        assert len(own.rewards(REWARDS[:2])) == 2
        assert waits == [7.0, 7.0]


def test_gives_up_with_the_reason() -> None:
    def busy(_: str, __: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        return 503, {}, {"error": {"code": "QUEUE_FULL", "message": "no room"}}

    with FakeService(busy) as service:
        own, waits = client(service.url)
        with pytest.raises(ServiceError, match=r"QUEUE_FULL: no room \(3 attempts\)"):
            own.rewards(REWARDS[:1])
        assert waits == [0.5, 1.0]


def test_service_down_raises() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own, waits = client(f"http://127.0.0.1:{port}")
    with pytest.raises(ServiceError, match="SERVICE_UNAVAILABLE.*refused") as caught:
        own.rewards(REWARDS[:1])
    assert "oppo serve" in str(caught.value) and len(waits) == 2


@pytest.mark.parametrize(("status", "hint"), [(400, ""), (401, "api_key_env"), (413, "max_batch")])
def test_refusals_are_not_retried(status: int, hint: str) -> None:
    def refuse(_: str, __: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        return status, {}, {"error": {"code": "NO", "message": "not so", "path": "items[0].id"}}

    with FakeService(refuse) as service:
        own, waits = client(service.url)
        with pytest.raises(ServiceError, match=r"NO: not so \(items\[0\].id\)") as caught:
            own.rewards(REWARDS[:1])
        assert hint in str(caught.value) and waits == [] and len(service.requests) == 1


def spoil(change: Callable[[dict[str, Any]], None]) -> Any:
    def answer(path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        content = honest_rewards(body) if path == "/v1/rewards" else honest_evidence(body)
        change(content)
        return 200, {}, content

    return answer


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda answer: answer["results"].pop(), "SERVICE_IDS"),
        (lambda answer: answer["results"].append(answer["results"][0]), "SERVICE_IDS"),
        (lambda answer: answer["results"][1].update(id="other"), "SERVICE_IDS"),
        (lambda answer: answer["results"][1].update(sha256=sha256("other")), "SERVICE_TEXT"),
        (lambda answer: answer.update(results=None), "SERVICE_ANSWER"),
    ],
)
def test_wrong_answers_are_refused(change: Callable[[dict[str, Any]], None], code: str) -> None:
    with FakeService(spoil(change)) as service:
        own, _ = client(service.url)
        with pytest.raises(ServiceError, match=code):
            own.evidence(EVIDENCE[:3])
        with pytest.raises(ServiceError, match=code):
            own.rewards(REWARDS[:3])


def test_another_clip_length_or_unit_is_refused() -> None:
    with FakeService(spoil(lambda answer: answer["results"][0].update(clip_id="z"))) as service:
        with pytest.raises(ServiceError, match="another clip"):
            client(service.url)[0].rewards(REWARDS[:1])
    with FakeService(spoil(lambda answer: answer["results"][0].update(length=12))) as service:
        with pytest.raises(ServiceError, match="SERVICE_LENGTH"):
            client(service.url)[0].evidence(EVIDENCE[:1])
    with FakeService(spoil(lambda answer: answer.update(unit="utf16"))) as service:
        with pytest.raises(ServiceError, match="SERVICE_UNIT"):
            client(service.url)[0].evidence(EVIDENCE[:1])


def test_not_json_is_retried_then_refused() -> None:
    with FakeService(lambda _, __: (200, {}, b"<html>")) as service:
        with pytest.raises(ServiceError, match="not JSON"):
            client(service.url)[0].rewards(REWARDS[:1])
        assert len(service.requests) == 3


CUT_BODY = b'Content-Length: 500\r\n\r\n{"error"'


@pytest.mark.parametrize(
    "answer",
    [*(b"HTTP/1.1 %d X\r\n" % status + CUT_BODY for status in (200, 400, 503)), b"junk\r\n", b""],
)
def test_a_service_killed_while_it_answers_is_asked_again(answer: bytes) -> None:
    asked = []

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            asked.append(connection.recv(65536))
            connection.sendall(answer)
            connection.close()

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        own, waits = client(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(ServiceError, match="SERVICE_UNAVAILABLE"):
            own.rewards(REWARDS[:1])
    assert len(asked) == 3 and len(waits) == 2


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with FakeService(honest) as service:
        assert len(client(service.url)[0].rewards(REWARDS[:1])) == 1
        # A name that is no loopback name still goes through the proxy, which is not there.
        with pytest.raises(ServiceError, match="SERVICE_UNAVAILABLE"):
            client("http://service.invalid:8791")[0].rewards(REWARDS[:1])


def test_another_service_in_mid_run_is_refused() -> None:
    versions = [{"reward": "1", "judge": "a"}, {"reward": "1", "judge": "a"}, {"reward": "1", "judge": "b"}]

    def restarted(path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        status, headers, answer = honest(path, body)
        return status, headers, {**answer, "versions": versions.pop(0)}

    with FakeService(restarted) as service:
        own, waits = client(service.url)
        own.rewards(REWARDS[:1])
        own.rewards(REWARDS[:1])
        with pytest.raises(ServiceError, match=r"SERVICE_VERSIONS.*judge: 'a' -> 'b'") as caught:
            own.rewards(REWARDS[:1])
        assert "reward:" not in str(caught.value) and waits == []


def test_the_reward_of_each_form_has_a_version_of_its_own() -> None:
    def hashed(path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        status, headers, answer = honest(path, body)
        return status, headers, {**answer, "versions": {"reward": body.get("form", "paper")}}

    with FakeService(hashed) as service:
        own, _ = client(service.url)
        own.evidence(EVIDENCE[:1], selector="reference")
        for form in ("paper", "oppo", "paper"):
            own.rewards(REWARDS[:1], form)
        sent = [body.get("form", body.get("selector")) for _, body, _ in service.requests]
        assert sent == ["reference", "paper", "oppo", "paper"]


def test_an_answer_in_another_form_is_refused() -> None:
    with FakeService(spoil(lambda answer: answer.pop("form", None))) as service:
        with pytest.raises(ServiceError, match="SERVICE_FORM.*form None, asked for 'paper'"):
            client(service.url)[0].rewards(REWARDS[:1], "paper")
    with FakeService(spoil(lambda answer: answer.update(selector="own"))) as service:
        with pytest.raises(ServiceError, match="SERVICE_FORM.*selector 'own', asked for 'reference'"):
            client(service.url)[0].evidence(EVIDENCE[:1], selector="reference")


def test_decompose() -> None:
    def cues(path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        results = [
            {"id": own["id"], "sha256": sha256(own["reference"]), "length": len(own["reference"]), "cues": []}
            for own in body["items"]
        ]
        return 200, {}, {"versions": {}, "unit": body["unit"], "results": results}

    with FakeService(cues) as service:
        found = client(service.url)[0].decompose([{"id": "r", "reference": "He smiles. 😀"}])
        assert found[0]["cues"] == [] and service.requests[0][0] == "/v1/decompose"
