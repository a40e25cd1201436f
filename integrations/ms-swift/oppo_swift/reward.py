"""The Omni-Perception Reward as a reward function of ms-swift (`--reward_funcs oppo`)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from .client import ServiceClient
from .config import Service, Settings, load_settings
from .errors import OppoSwiftError
from .guard.service import check_service
from .ray.registry import refuse_megatron

# Where a reward's terms ride: in the sample's own `rollout_infos`, which survives dynamic sampling.
TERMS_KEY = "oppo_terms"
# Terms of each form, with the names of src/rewards; tests/test_terms.py compares.
TERMS = {"oppo": ("accuracy", "format", "perception"), "paper": ("accuracy", "format", "omni")}
LABELS = ("labels", "label")


def open_client(service: Service) -> ServiceClient:
    """A client by the settings; the key comes from the variable they name."""
    key = os.environ.get(service.api_key_env) if service.api_key_env else None
    return ServiceClient(
        service.url,
        api_key=key,
        timeout_s=service.timeout_s,
        retries=service.retries,
        max_batch=service.max_batch,
    )


def score(
    client: ServiceClient, settings: Settings, completions: Sequence[str], columns: dict[str, Any]
) -> tuple[list[float], list[dict[str, float]]]:
    """Reward and terms of each completion. columns: what ms-swift passes, a list over completions each.

    Raises ServiceError when the service cannot be had or answers wrongly: a made-up reward would bias the whole
    group. Raises OppoSwiftError (COLUMN_MISSING) when the dataset lacks a column.
    """
    if not completions:
        return [], []
    ids, clips = _column(columns, "request_id"), _column(columns, "clip_id")
    references = _column(columns, "reference")
    items = []
    for index, completion in enumerate(completions):
        item = {
            "id": str(ids[index]),
            "clip_id": str(clips[index]),
            "response": completion,
            "reference": references[index],
        }
        own = labels_of({name: columns[name][index] for name in LABELS if columns.get(name)})
        if own is not None:
            item["labels"] = own
        items.append(item)
    form = settings.reward.form
    results = client.rewards(items, form)
    rewards = [settings.reward.weight * _number(result["reward"]) for result in results]
    return rewards, [{name: _number(result["terms"][name]) for name in TERMS[form]} for result in results]


def labels_of(row: dict[str, Any]) -> Any:
    """Labels of one sample: `labels`, or else `label`. A dataset may use both names, each line one; None for none."""
    return next((row[name] for name in LABELS if row.get(name)), None)


def _column(columns: dict[str, Any], name: str) -> Sequence[Any]:
    values = columns.get(name)
    if not values or any(value is None or value == "" for value in values):
        raise OppoSwiftError(
            "COLUMN_MISSING",
            f"the dataset has samples without `{name}`",
            "check it with `oppo-swift-check data.jsonl`",
        )
    return values


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        raise OppoSwiftError("SERVICE_REWARD", f"the service answered {value!r} where a number belongs")
    return float(value)


def reward_class(base: type) -> type:
    """The class ms-swift registers; `base` is its `ORM`, passed in so that this file needs no ms-swift."""

    class OppoReward(base):  # type: ignore[misc, valid-type]
        """Scores completions with `oppo serve` and leaves the terms where the trainer finds them."""

        def __init__(self, args: Any = None, **kwargs: Any) -> None:
            super().__init__(args, **kwargs)
            self._settings = load_settings()
            refuse_megatron(args, self._settings)
            self._client = open_client(self._settings.service)
            check_service(self._client, self._settings)

        def __call__(self, completions: Sequence[str], **columns: Any) -> list[float]:
            rewards, terms = score(self._client, self._settings, completions, columns)
            for infos, own in zip(columns.get("rollout_infos") or [], terms, strict=False):
                infos[TERMS_KEY] = own
            return rewards

    return OppoReward
