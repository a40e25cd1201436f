"""Settings and a tiny service for tests. No torch, no ms-swift."""

from __future__ import annotations

import copy
import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_SETTINGS: dict[str, Any] = {
    "format": "oppo-ms-swift-2",
    "service": {
        "url": "http://127.0.0.1:8791",
        "api_key_env": None,
        "timeout_s": 30,
        "retries": 2,
        "max_batch": 3,
    },
    "reward": {
        "weight": 1,
        "form": "oppo",
        "paper": {"alpha": 0.5, "delta": 0.5, "accuracy": 1, "format": 1},
    },
    "loss": {
        "sensitivity": {"weight": 0.02, "cap": 1.5, "level": "claim", "routing": "gated"},
        "onset": {"weight": 0.02, "cap": 3},
        "invariance": {"weight": 0, "kappa": 0.2, "huber": 1},
        "attribution": {"weight": 0, "cap": 1.5, "routing": "gated"},
        "papo": {
            "weight": 0,
            "tokens": "evidence",
            "estimator": "k3",
            "cap": 0.2,
            "maskedGradient": False,
            "fullEntropy": 0,
            "maskedEntropy": 0,
        },
        "counterfactual": {
            "sensitivity": 0,
            "invariance": 0,
            "cap": 2,
            "routing": "both",
            "fullEstimator": "k2",
        },
        "paper": {
            "weight": 0,
            "tokens": "evidence",
            "estimator": "whole",
            "reduce": "sum",
            "maskedGradient": True,
        },
        "evidence": {"selector": "own", "terms": {}},
        "controller": {
            "enabled": False,
            "warmupSteps": 50,
            "warmupFormatRate": 0.9,
            "halveBelow": 0.9,
            "stopBelow": 0.75,
            "smoothing": 0.9,
            "patience": 10,
        },
    },
    "masks": {
        "visual": "blank",
        "acoustic": "blank",
        "schedule": "both",
        "ratio": 0.7,
        "unit": "element",
        "seed": 1,
    },
    "guards": {
        "canary_steps": 2,
        "max_empty_rate": 0.5,
        "constant_reward_groups": 20,
        "zero_grad_steps": 2,
        "max_rollout_logp_gap": 0.1,
    },
    "temperature": 1,
}


def settings_data() -> dict[str, Any]:
    """A complete oppo.json as an object."""
    return copy.deepcopy(_SETTINGS)


def sha256(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def honest_rewards(body: dict[str, Any]) -> dict[str, Any]:
    """What a working service answers to /v1/rewards: a reward that depends on the text."""
    printed = body["form"] == "paper"
    results = [
        {
            "id": item["id"],
            "clip_id": item["clip_id"],
            "sha256": sha256(item["response"]),
            "reward": len(item["response"]) / 100,
            "terms": {"accuracy": 0.5, "format": 1, "omni" if printed else "perception": 0.25},
            "detail": {},
        }
        for item in body["items"]
    ]
    return {"versions": {"service": "fake"}, "form": body["form"], "results": results}


def honest_evidence(body: dict[str, Any]) -> dict[str, Any]:
    """What a working service answers to /v1/evidence: the whole text is one visual claim."""
    results = [
        {
            "id": item["id"],
            "sha256": sha256(item["text"]),
            "length": len(item["text"]),
            "claims": [
                {
                    "modality": "visual",
                    "text": item["text"],
                    "start": 0,
                    "end": len(item["text"]),
                    "repeated": False,
                    "onset": True,
                    "match": 0.5,
                }
            ],
            "spans": [{"modality": "visual", "claim": 0, "start": 0, "end": len(item["text"])}],
        }
        for item in body["items"]
    ]
    answer = {"versions": {"service": "fake"}, "unit": body["unit"], "selector": body["selector"]}
    return {**answer, "results": results}


def capabilities() -> dict[str, Any]:
    """What a working service answers to /v1/capabilities, as far as the plugin looks."""
    return {
        "judge": None,
        "forms": ["oppo", "paper"],
        "selectors": ["own", "reference"],
        "paper": {"alpha": 0.5, "delta": 0.5, "accuracy": 1, "format": 1, "accuracy_by": "words"},
    }


class FakeService:
    """An HTTP server in a thread; `answer(path, body)` returns (status, headers, object or bytes)."""

    def __init__(self, answer: Callable[[str, dict[str, Any]], tuple[int, dict[str, str], Any]]) -> None:
        requests: list[tuple[str, dict[str, Any], dict[str, str]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                requests.append((self.path, body, dict(self.headers.items())))
                status, headers, content = answer(self.path, body)
                raw = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                for name, value in {"content-length": str(len(raw)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def do_GET(self) -> None:
                raw = json.dumps(capabilities()).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.requests = requests
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> FakeService:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def honest(path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    """Both endpoints, working."""
    return 200, {}, honest_rewards(body) if path == "/v1/rewards" else honest_evidence(body)
