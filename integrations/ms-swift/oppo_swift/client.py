"""Client of `oppo serve`. Standard library only; this file works alone.

Big batches are split, transient failures retried with back-off, and every answer is checked against its
question: ids, hash and length of the text, and that reward, embedder and judge are still those of the first answer.
What cannot be had raises; a reward is never made up.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

RETRIED_STATUS = frozenset({429, 500, 502, 503, 504})
# A proxy named by http_proxy knows nothing of services on this machine.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
LENGTH_UNITS = {"code_point": len, "utf16": lambda text: len(text.encode("utf-16-le")) // 2}


class ServiceError(RuntimeError):
    """The service is down, refused the request, or answered something else than what was asked."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(f"[{code}] {message}" + (f"\n  -> {hint}" if hint else ""))
        self.code = code
        self.hint = hint


class _Transient(Exception):
    """Worth another try, after `wait_s` seconds if the service said so."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class ServiceClient:
    """Talks to one service.

    url: e.g. http://127.0.0.1:8791. api_key: sent as Bearer token. timeout_s: of one request, seconds.
    retries: further attempts after the first. max_batch: items per request.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        timeout_s: float = 60.0,
        retries: int = 5,
        max_batch: int = 64,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url.rstrip("/")
        self._headers = {"content-type": "application/json"}
        if api_key:
            self._headers["authorization"] = f"Bearer {api_key}"
        self._timeout_s = timeout_s
        self._retries = retries
        self._max_batch = max_batch
        self._sleep = sleep
        own = [urllib.request.ProxyHandler({})] if urllib.parse.urlsplit(self.url).hostname in LOOPBACK else []
        self._open = urllib.request.build_opener(*own).open
        self._versions: dict[str, Any] = {}

    def rewards(self, items: Sequence[dict[str, Any]], form: str = "oppo") -> list[dict[str, Any]]:
        """POST /v1/rewards, in the order of `items` ({id, clip_id, response, reference, labels}).

        form: "oppo", ours, or "paper", as OPPO's paper prints it.
        """
        return self._batched("/v1/rewards", items, "response", {"form": form})

    def evidence(
        self, items: Sequence[dict[str, Any]], unit: str = "code_point", selector: str = "own"
    ) -> list[dict[str, Any]]:
        """POST /v1/evidence, in the order of `items` ({id, text, reference?}); offsets in `unit`.

        selector: "own", the words of a claim, or "reference", whole clauses that a cue of the reference, then
        needed, stands behind.
        """
        return self._batched("/v1/evidence", items, "text", {"unit": unit, "selector": selector})

    def decompose(self, items: Sequence[dict[str, Any]], unit: str = "code_point") -> list[dict[str, Any]]:
        """POST /v1/decompose, in the order of `items` ({id, reference}): cues of each reference."""
        return self._batched("/v1/decompose", items, "reference", {"unit": unit})

    def capabilities(self) -> dict[str, Any]:
        """GET /v1/capabilities: versions, limits, embedder, forms and selectors that the service speaks."""
        return self._request("/v1/capabilities", None)

    def _batched(
        self, path: str, items: Sequence[dict[str, Any]], text_field: str, extra: dict[str, Any]
    ) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = []
        for start in range(0, len(items), self._max_batch):
            batch = items[start : start + self._max_batch]
            answer = self._request(path, {"items": list(batch), **extra})
            for name in ("form", "selector"):
                if name in extra and answer.get(name) != extra[name]:
                    raise ServiceError(
                        "SERVICE_FORM",
                        f"{path}: the answer has {name} {answer.get(name)!r}, asked for {extra[name]!r}",
                        "use an `oppo serve` of the plugin's own version",
                    )
            asked = " ".join([path, *(extra[name] for name in ("form", "selector") if name in extra)])
            self._same_versions(asked, answer.get("versions"))
            results.extend(_checked(answer, batch, path, text_field, extra.get("unit")))
        return results

    def _same_versions(self, asked: str, versions: Any) -> None:
        """Two services must not share one run: half of its rewards would mean something else. asked: route and form,
        since the version of the reward is that of its form.
        """
        first = self._versions.setdefault(asked, versions)
        if versions != first:
            known, now = (own if isinstance(own, dict) else {} for own in (first, versions))
            changed = [
                f"{name}: {known.get(name)!r} -> {now.get(name)!r}"
                for name in sorted({*known, *now})
                if known.get(name) != now.get(name)
            ]
            raise ServiceError(
                "SERVICE_VERSIONS",
                f"{self.url} is no longer the service this run began with: {', '.join(changed)}",
                "start `oppo serve` as before and resume from a checkpoint, or start the run anew",
            )

    def _request(self, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        reason = ""
        for attempt in range(self._retries + 1):
            try:
                return self._once(path, data)
            except _Transient as transient:
                reason = str(transient)
                if attempt < self._retries:
                    backoff = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**attempt)
                    self._sleep(min(LONGEST_WAIT_S, max(backoff, transient.wait_s or 0.0)))
        raise ServiceError(
            "SERVICE_UNAVAILABLE",
            f"{self.url}{path}: {reason} ({self._retries + 1} attempts)",
            "is `oppo serve` running, and does oppo.json name its address?",
        )

    def _once(self, path: str, data: bytes | None) -> dict[str, Any]:
        request = urllib.request.Request(self.url + path, data, self._headers)
        try:
            try:
                with self._open(request, timeout=self._timeout_s) as response:
                    raw = response.read()
            except urllib.error.HTTPError as error:
                raise _http_failure(error, error.read(), self.url + path) from None
        # An HTTPError is an OSError too, and its body can be cut like any other.
        except (OSError, http.client.HTTPException) as error:
            raise _Transient(str(getattr(error, "reason", error)) or type(error).__name__) from None
        try:
            answer = json.loads(raw)
        except ValueError:
            raise _Transient("the answer is not JSON") from None
        if not isinstance(answer, dict):
            raise ServiceError("SERVICE_ANSWER", f"{self.url}{path}: the answer is no JSON object")
        return answer


def _http_failure(error: urllib.error.HTTPError, body: bytes, address: str) -> Exception:
    code, message = _error_body(body)
    said = f"HTTP {error.code}" + (f", {code}: {message}" if message else "")
    if error.code in RETRIED_STATUS:
        return _Transient(said, _retry_after(error.headers.get("retry-after")))
    hints = {
        401: "put the service's key in the variable that service.api_key_env of oppo.json names",
        413: "lower service.max_batch in oppo.json, or raise the service's limit",
    }
    return ServiceError("SERVICE_REFUSED", f"{address}: {said}", hints.get(error.code, ""))


def _error_body(raw: bytes) -> tuple[str, str]:
    try:
        error = json.loads(raw)["error"]
        where = f" ({error['path']})" if error.get("path") else ""
        return str(error["code"]), f"{error['message']}{where}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", raw[:200].decode("utf-8", "replace")


def _retry_after(value: str | None) -> float | None:
    try:
        return max(0.0, float(value)) if value else None
    except ValueError:
        return None


def _checked(
    answer: dict[str, Any],
    batch: Sequence[dict[str, Any]],
    path: str,
    text_field: str,
    unit: str | None,
) -> list[dict[str, Any]]:
    """Results in the order asked, each proven to be about its own text."""
    results = answer.get("results")
    if not isinstance(results, list):
        raise ServiceError("SERVICE_ANSWER", f"{path}: no list `results` in the answer")
    if unit is not None and answer.get("unit") != unit:
        raise ServiceError("SERVICE_UNIT", f"{path}: offsets in {answer.get('unit')!r}, asked for {unit!r}")
    by_id = {result.get("id"): result for result in results if isinstance(result, dict)}
    asked = [item["id"] for item in batch]
    if len(results) != len(asked) or set(by_id) != set(asked):
        lost = sorted(set(asked) - set(by_id))[:3]
        raise ServiceError(
            "SERVICE_IDS", f"{path}: {len(results)} results for {len(asked)} items; without answer: {lost}"
        )
    for item in batch:
        _check_echo(by_id[item["id"]], item, path, text_field, unit)
    return [by_id[own] for own in asked]


def _check_echo(result: dict[str, Any], item: dict[str, Any], path: str, text_field: str, unit: str | None) -> None:
    text = item[text_field]
    if result.get("sha256") != hashlib.sha256(text.encode("utf-8")).hexdigest():
        raise ServiceError(
            "SERVICE_TEXT",
            f"{path}: the answer for {item['id']!r} is about another text (its SHA-256 differs)",
            "something between plugin and service changes texts",
        )
    if "clip_id" in item and result.get("clip_id") != item["clip_id"]:
        raise ServiceError("SERVICE_TEXT", f"{path}: the answer for {item['id']!r} is about another clip")
    if unit is not None and result.get("length") != LENGTH_UNITS[unit](text):
        raise ServiceError(
            "SERVICE_LENGTH",
            f"{path}: {item['id']!r} has {LENGTH_UNITS[unit](text)} {unit}, the service counted {result.get('length')}",
            "do not trim or normalise texts in the service",
        )
