"""The reward function: real answers or an error, never a made-up number."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import fakes
import pytest
from fakes import FakeService, honest, settings_data

from oppo_swift.client import ServiceClient, ServiceError
from oppo_swift.config import Settings
from oppo_swift.errors import OppoSwiftError
from oppo_swift.evidence import Completion, locate_claims
from oppo_swift.fields import read
from oppo_swift.guard.service import check_service, service_problems
from oppo_swift.loss.options import needs_match
from oppo_swift.reward import TERMS_KEY, refuse_megatron, reward_class, score

COLUMNS: dict[str, Any] = {
    "request_id": ["a", "b"],
    "clip_id": ["one", "two"],
    "reference": ["He smiles.", "She frowns."],
    "label": ["happy", "sad"],
}


def settings(**changes: Any) -> Settings:
    return read(Settings, {**settings_data(), **changes}, "test")


def client(url: str) -> ServiceClient:
    return ServiceClient(url, retries=0, sleep=lambda _: None)


def test_rewards_and_terms() -> None:
    with FakeService(honest) as service:
        doubled = settings(reward={**settings_data()["reward"], "weight": 2})
        rewards, terms = score(client(service.url), doubled, ["x" * 10, "x" * 30], COLUMNS)
        assert rewards == pytest.approx([0.2, 0.6])
        assert terms[0] == {"accuracy": 0.5, "format": 1.0, "perception": 0.25}
        sent = service.requests[0][1]["items"][1]
        assert sent == {
            "id": "b",
            "clip_id": "two",
            "response": "x" * 30,
            "reference": "She frowns.",
            "labels": "sad",
        }


def test_the_printed_form_and_its_terms() -> None:
    printed = settings(reward={**settings_data()["reward"], "form": "paper"})
    with FakeService(honest) as service:
        _, terms = score(client(service.url), printed, ["x"], {name: own[:1] for name, own in COLUMNS.items()})
        assert terms == [{"accuracy": 0.5, "format": 1.0, "omni": 0.25}]
        assert service.requests[0][1]["form"] == "paper"


def test_a_service_of_other_forms_or_numbers_is_refused() -> None:
    printed = settings(reward={**settings_data()["reward"], "form": "paper"})
    speaks = fakes.capabilities()
    assert service_problems(speaks, printed) == []
    judged = {**speaks, "judge": {"id": "m"}, "forms": ["oppo"], "selectors": ["own"], "paper": None}
    assert service_problems(judged, settings()) == []
    (problem,) = service_problems(judged, printed)
    assert problem == "forms: it speaks oppo, not paper (it compares by cosine, and this service asks a judge)"
    (other,) = service_problems({**speaks, "paper": {**speaks["paper"], "alpha": 0.3}}, printed)
    assert other == "reward.paper.alpha is 0.3 there, 0.5 here"
    assert service_problems({**speaks, "paper": {**speaks["paper"], "alpha": 0.3}}, settings()) == []
    with FakeService(honest) as service:
        check_service(client(service.url), printed)
        lower = {**settings_data()["reward"], "form": "paper"}
        lower["paper"]["delta"] = 0.4
        with pytest.raises(OppoSwiftError, match=r"SERVICE_FORMS.*delta is 0.5 there, 0.4 here"):
            check_service(client(service.url), settings(reward=lower))


def test_label_and_labels_in_one_dataset() -> None:
    columns = {**COLUMNS, "label": ["joy", None], "labels": [None, ["sad", "fear"]]}
    with FakeService(honest) as service:
        score(client(service.url), settings(), ["a", "b"], columns)
        assert [item["labels"] for item in service.requests[0][1]["items"]] == ["joy", ["sad", "fear"]]


@pytest.mark.parametrize("column", ["request_id", "clip_id", "reference"])
def test_missing_columns(column: str) -> None:
    for columns in ({**COLUMNS, column: ["a", None]}, {k: v for k, v in COLUMNS.items() if k != column}):
        with pytest.raises(OppoSwiftError, match=f"without `{column}`"):
            score(client("http://127.0.0.1:9"), settings(), ["a", "b"], columns)


def test_service_down_raises_instead_of_zero() -> None:
    with pytest.raises(ServiceError, match="SERVICE_UNAVAILABLE"):
        score(client("http://127.0.0.1:9"), settings(), ["a", "b"], COLUMNS)


def test_no_number_is_refused() -> None:
    def null(path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        status, headers, answer = honest(path, body)
        answer["results"][0]["reward"] = None
        return status, headers, answer

    with FakeService(null) as service, pytest.raises(OppoSwiftError, match="SERVICE_REWARD"):
        score(client(service.url), settings(), ["a", "b"], COLUMNS)


def test_reward_class_leaves_terms_on_the_samples(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    class Base:
        def __init__(self, args: Any = None, **kwargs: Any) -> None:
            self.args = args

    with FakeService(honest) as service:
        data = settings_data()
        data["service"]["url"] = service.url
        (tmp_path / "oppo.json").write_text(json.dumps(data))
        monkeypatch.setenv("OPPO_CONFIG", str(tmp_path / "oppo.json"))
        infos: list[dict[str, Any]] = [{}, {}]
        rewards = reward_class(Base)(args=None)(["aa", "bbbb"], **COLUMNS, rollout_infos=infos)
    assert rewards == pytest.approx([0.02, 0.04])
    assert infos[1][TERMS_KEY]["format"] == 1.0


def test_reference_goes_along_only_where_the_match_counts() -> None:
    gated, plain = settings().loss, settings_data()["loss"]
    plain["sensitivity"]["routing"] = "mask"
    assert needs_match(gated)
    assert not needs_match(settings(loss=plain).loss)
    completion = Completion("r", "He smiles", [(0, 2), (2, 9)], "He smiles.")
    with FakeService(honest) as service:
        (claims,) = locate_claims(client(service.url), [completion], with_match=True)
        locate_claims(client(service.url), [completion], with_match=False)
        bodies = [body["items"][0] for _, body, _ in service.requests]
        assert "reference" in bodies[0] and "reference" not in bodies[1]
    assert claims[0].match == 0.5 and claims[0].heads == (0,) and claims[0].onset == 0
    with pytest.raises(OppoSwiftError, match="REFERENCE_MISSING"):
        locate_claims(client("http://x"), [Completion("r", "He", [(0, 2)], None)], with_match=True)


def test_megatron_would_train_without_the_loss() -> None:
    megatron = type("MegatronArguments", (), {"__module__": "swift.megatron.arguments"})()
    with pytest.raises(OppoSwiftError, match="MEGATRON"):
        refuse_megatron(megatron, settings())
    off = settings_data()["loss"]
    off["sensitivity"]["weight"] = off["onset"]["weight"] = 0
    refuse_megatron(megatron, settings(loss=off))
    refuse_megatron(object(), settings())


def test_no_torch_outside_training() -> None:
    """Settings, client, spans, reward, dataset check and refusals work where no torch is installed."""
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from oppo_swift import check_data, client, config, controller, evidence, reward, spans, version\n"
        "from oppo_swift.guard import batch, encoding, service, startup, watch"
    )
    subprocess.run([sys.executable, "-S", "-c", code], check=True, cwd=Path(__file__).parents[1])
