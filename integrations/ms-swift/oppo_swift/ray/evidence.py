"""Evidence on the batches of the driver: checked on samples, for a padding-free batch is one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .. import masks
from ..errors import OppoSwiftError
from ..guard import batch as guard
from ..masks import Donor
from ..passes import Pass
from ..prepare import PROMPT_KEY, RolloutPreparer
from ..rollout import BatchEvidence, flat_ids


class RayPreparer(RolloutPreparer):
    """RolloutPreparer for the full-sequence frame of Megatron, padded or padding-free."""

    def _check_batch(self, chunk: Sequence[Any], batch: dict[str, Any]) -> None:
        guard.check_media(batch["model_inputs"], len(chunk))
        ids = [_flat(sample.encoded["input_ids"]) for sample in chunk]
        guard.check_placeholders(ids, self._media.video, self._media.audio)

    def _check_row(self, sample: Any, batch: dict[str, Any], row: int) -> None:
        labels = _flat(sample.encoded["labels"])
        trained = [label for label in labels if label != -100]
        sampled = flat_ids(sample.response_token_ids)
        guard.check_trained_ids(sampled, trained, row)
        counted = int(batch["grpo_batch"].completion_mask[row].sum())
        if counted != len(sampled):
            raise OppoSwiftError(
                "TOKENS_DIFFER",
                f"completion {row}: {len(sampled)} tokens were sampled, {counted} are counted in the loss",
                "evidence would sit on wrong tokens",
            )
        prompt = next((index for index, label in enumerate(labels) if label != -100), len(labels))
        guard.check_prompt_length(sample.rollout_infos.get(PROMPT_KEY), prompt, row)


def _flat(values: Any) -> list[int]:
    return [int(value) for value in values]


def lighten(found: Sequence[BatchEvidence]) -> None:
    """Cuts every donor down to the tensors a swap reads: the rest of its micro-batch would cross to the workers."""
    kept: dict[tuple[int, int, str], Donor] = {}
    for evidence in found:
        evidence.passes = [_light(own, kept) for own in evidence.passes]


def _light(own: Pass, kept: dict[tuple[int, int, str], Donor]) -> Pass:
    donors = {}
    for (row, stream), donor in own.donors.items():
        key = (id(donor.inputs), donor.row, stream)
        if key not in kept:
            kept[key] = _alone(donor, stream)
        donors[row, stream] = kept[key]
    return replace(own, donors=donors)


def _alone(donor: Donor, stream: str) -> Donor:
    """The donor as the only row of its inputs; cloned, for a slice is pickled with all it is a slice of."""
    inputs, row = donor.inputs, donor.row
    if stream == "audio":
        return Donor({masks.AUDIO_KEY: inputs[masks.AUDIO_KEY][row : row + 1].clone()}, 0)
    counts = masks.patches_per_row(inputs)
    start = sum(counts[:row])
    pixels = inputs[masks.VIDEO_KEY][start : start + counts[row]]
    return Donor({masks.VIDEO_KEY: pixels.clone(), masks.GRID_KEY: inputs[masks.GRID_KEY][row : row + 1].clone()}, 0)
