"""From finished rollouts to evidence on micro-batches, with every check on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from . import masks
from .client import ServiceClient
from .config import Settings
from .errors import OppoSwiftError
from .evidence import Completion, locate_claims, locate_clauses
from .guard import batch as guard
from .loss.options import needs_joint_pass, needs_match, needs_passes, selectors
from .loss.totals import Totals, add, measure
from .model_facts import MediaTokens
from .passes import Fills, Row, deal
from .reward import TERMS_KEY, labels_of
from .rollout import BatchEvidence, flat_ids, outline
from .spans import text_and_offsets, token_pieces

PROMPT_KEY = "oppo_prompt_tokens"


class RolloutPreparer:
    """Finds evidence tokens of a rollout batch and deals masked passes. One per trainer."""

    def __init__(
        self, settings: Settings, client: ServiceClient, tokenizer: Any, media: MediaTokens, fills: Fills
    ) -> None:
        self._settings = settings
        self._client = client
        self._tokenizer = tokenizer
        self._media = media
        self._fills = fills
        self._partial = settings.masks.partial()

    def check_rollouts(self, samples: Sequence[Any]) -> None:
        """What must hold before ms-swift encodes the completions."""
        ids = [flat_ids(sample.response_token_ids) for sample in samples]
        guard.check_sampled(ids, self._media.all)
        guard.check_empty([len(own) for own in ids], self._settings.guards.max_empty_rate)

    def evidence(
        self,
        chunks: Sequence[Sequence[Any]],
        batches: Sequence[dict[str, Any]],
        *,
        turn: int,
        first: int,
        generations: int,
        skip_truncated: bool,
    ) -> list[BatchEvidence]:
        """One BatchEvidence per micro-batch; its totals are still of this micro-batch alone.

        chunks: ms-swift's samples, in the order of `batches`. turn: rollout batches so far. first: index of
        this rank's first completion among all ranks'. generations: completions per group.
        """
        rows, completions = [], []
        for index, (chunk, batch) in enumerate(zip(chunks, batches, strict=True)):
            self._check_batch(chunk, batch)
            for row, sample in enumerate(chunk):
                self._check_row(sample, batch, row)
                position = len(completions)
                rows.append(_row(sample, index, row, (first + position) // generations))
                completions.append(self._completion(sample))
        self._check_sound(batches)
        loss = self._settings.loss
        claims = locate_claims(self._client, completions, needs_match(loss))
        clauses = locate_clauses(self._client, completions) if "reference" in selectors(loss) else None
        inputs = [batch["model_inputs"] for batch in batches]
        passes = deal(rows, inputs, self._settings.masks, turn, joint=needs_joint_pass(loss))
        found = []
        at = 0
        for chunk, batch, own in zip(chunks, batches, passes, strict=True):
            mask = batch["grpo_batch"].completion_mask
            kept = [
                row
                for row, sample in enumerate(chunk)
                if bool(mask[row].any()) and not (skip_truncated and sample.is_truncated)
            ]
            here = slice(at, at + len(chunk))
            evidence = BatchEvidence(
                claims[here], kept, own, self._partial, None if clauses is None else clauses[here]
            )
            evidence.totals = measure(outline(evidence, mask))
            found.append(evidence)
            at += len(chunk)
        return found

    def _check_batch(self, chunk: Sequence[Any], batch: dict[str, Any]) -> None:
        inputs = batch["model_inputs"]
        guard.check_media(inputs, len(chunk))
        guard.check_placeholders(inputs["input_ids"].tolist(), self._media.video, self._media.audio)

    def _check_row(self, sample: Any, batch: dict[str, Any], row: int) -> None:
        inputs, mask = batch["model_inputs"], batch["grpo_batch"].completion_mask
        trained = inputs["input_ids"][row, -mask.shape[1] :][mask[row].bool()].tolist()
        guard.check_trained_ids(flat_ids(sample.response_token_ids), trained, row)
        labels = list(sample.encoded["labels"])
        prompt = next((index for index, label in enumerate(labels) if label != -100), len(labels))
        guard.check_prompt_length(sample.rollout_infos.get(PROMPT_KEY), prompt, row)
        seconds = stream_seconds(inputs, row, self._media)
        if seconds is not None:
            guard.check_clock(*seconds, row)

    def _check_sound(self, batches: Sequence[dict[str, Any]]) -> None:
        silent = [
            bool((features == self._fills.audio).all())
            for batch in batches
            for features in batch["model_inputs"][masks.AUDIO_KEY]
        ]
        guard.check_silence(silent)

    def _completion(self, sample: Any) -> Completion:
        pieces = token_pieces(self._tokenizer, flat_ids(sample.response_token_ids))
        text, offsets = text_and_offsets(pieces)
        return Completion(str(sample.request_id), text, offsets, sample.extra.get("reference"))


def stream_seconds(inputs: dict[str, Any], row: int, media: MediaTokens) -> tuple[float, float] | None:
    """How long the model takes a row's picture and sound to last, seconds, from the temporal positions of their tokens.

    inputs: a collated batch with `position_ids` [3, B, T]. None for a single temporal step, which has no length.
    Raises OppoSwiftError (CLOCK) without positions: collation makes them, and takes the seconds they come from away.
    """
    if inputs.get("position_ids") is None:
        raise OppoSwiftError("CLOCK", "the batch has no position_ids, so picture and sound cannot be compared")
    ids, times = inputs["input_ids"][row], inputs["position_ids"][0, row]
    steps = int(inputs[masks.GRID_KEY][row][0])
    if steps < 2:
        return None
    video, audio = times[ids == media.video], times[ids == media.audio]
    # The last step begins at the largest position and has the length of the others.
    span = float(video.max() - video.min()) * steps / (steps - 1)
    return span / media.positions_per_sec, float(audio.max() - audio.min() + 1) / media.positions_per_sec


def _row(sample: Any, batch: int, row: int, group: int) -> Row:
    labels = labels_of(sample.extra)
    label = ", ".join(sorted(map(str, labels))) if isinstance(labels, list) else str(labels)
    return Row(batch, row, str(sample.extra.get("clip_id")), label, group)


def claim_counts(chunks: Sequence[Sequence[Any]], found: Sequence[BatchEvidence]) -> torch.Tensor:
    """[completions, claims, completions with reward terms, well-formed ones, clauses of the reference], float64."""
    samples = [sample for chunk in chunks for sample in chunk]
    terms = [sample.rollout_infos[TERMS_KEY] for sample in samples if TERMS_KEY in sample.rollout_infos]
    claims = sum(len(own) for evidence in found for own in evidence.claims)
    well_formed = sum(own["format"] >= 1 for own in terms)
    clauses = sum(len(own) for evidence in found for own in evidence.clauses or [])
    return torch.tensor([len(samples), claims, len(terms), well_formed, clauses], dtype=torch.float64)


def drop_idle_passes(found: Sequence[BatchEvidence], settings: Settings, turn: int) -> None:
    """Passes that no term compares with are for the first steps' canary alone."""
    if needs_passes(settings.loss) or turn < settings.guards.canary_steps:
        return
    for evidence in found:
        evidence.passes = [own for own in evidence.passes if own.joint]


def summed_rewards(scores: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """scores [N, functions], weights [functions] -> [N]. ms-swift leaves functions that are NaN out of the sum, and a
    completion that none has scored counts as 0; here it stays NaN.
    """
    sums = (scores * weights).nansum(1)
    return sums.masked_fill(scores.isnan().all(1), float("nan"))


def window_totals(found: Sequence[BatchEvidence], accumulation: int) -> list[Totals]:
    """Totals of each optimiser step's micro-batches on this rank."""
    return [
        add(evidence.totals for evidence in found[start : start + accumulation] if evidence.totals)
        for start in range(0, len(found), accumulation)
    ]
