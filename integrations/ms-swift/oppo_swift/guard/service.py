"""Refusals before the first rollout: a service that does not score by the forms and numbers of oppo.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ..client import ServiceClient
from ..config import Settings
from ..errors import OppoSwiftError
from ..loss.options import selectors


def check_service(client: ServiceClient, settings: Settings) -> None:
    """Asks the service what it speaks. Raises OppoSwiftError (SERVICE_FORMS), ServiceError where it is down."""
    problems = service_problems(client.capabilities(), settings)
    if problems:
        raise OppoSwiftError(
            "SERVICE_FORMS",
            f"the service at {client.url} is not the one oppo.json was written for: {'; '.join(problems)}",
            "start it with the serve.json that was exported with oppo.json (serve.sh does)",
        )


def service_problems(capabilities: Mapping[str, Any], settings: Settings) -> list[str]:
    """What oppo.json asks for and the service does not have. capabilities: as GET /v1/capabilities answers."""
    asked = {"forms": {settings.reward.form}, "selectors": set(selectors(settings.loss))}
    problems = []
    for name, wanted in asked.items():
        spoken = capabilities.get(name) or []
        for own in sorted(wanted - set(spoken)):
            judge = " (it compares by cosine, and this service asks a judge)" if capabilities.get("judge") else ""
            problems.append(f"{name}: it speaks {', '.join(spoken) or 'none'}, not {own}{judge}")
    return [*problems, *_other_numbers(capabilities.get("paper"), settings)]


def _other_numbers(paper: Mapping[str, Any] | None, settings: Settings) -> list[str]:
    """Numbers of the printed reward, where it is asked for; of the printed evidence delta alone."""
    own = asdict(settings.reward.paper)
    if settings.reward.form != "paper":
        own = {"delta": own["delta"]} if "reference" in selectors(settings.loss) else {}
    return [
        f"reward.paper.{name} is {paper.get(name)!r} there, {value:g} here"
        for name, value in own.items()
        if paper is not None and paper.get(name) != value
    ]
