"""The driver of a Ray run: evidence of every rollout batch, put on the micro-batches that workers train on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import torch
from swift.ray.megatron.grpo_trainer import GRPOTrainer
from swift.utils import get_logger

from ..config import load_settings
from ..controller import ControllerState, advance, suppression
from ..errors import OppoSwiftError
from ..guard import batch as guard
from ..guard.encoding import encoding_error
from ..guard.service import check_service
from ..guard.startup import report, reward_problems
from ..guard.watch import Watch
from ..loss.options import selectors
from ..loss.totals import add
from ..model_facts import media_tokens
from ..passes import Fills
from ..prepare import PROMPT_KEY, claim_counts, drop_idle_passes, summed_rewards
from ..reward import TERMS, TERMS_KEY, open_client
from ..rollout import BatchEvidence
from .evidence import RayPreparer, lighten
from .startup import check_ray_startup
from .state import append, folders_of, restore

logger = get_logger()


class OppoRayTrainer(GRPOTrainer):
    """ms-swift's driver. One call of `_collate_for_workers` is one optimiser step's global batch."""

    def _prepare_state(self) -> None:
        super()._prepare_state()
        self._settings = load_settings()
        check_ray_startup(self.args, self._settings, os.environ)
        report(reward_problems(self._settings, self.reward_func_names))
        self._fills = Fills.of(self.template.processor, self._settings.masks)
        client = open_client(self._settings.service)
        check_service(client, self._settings)
        self._preparer = RayPreparer(
            self._settings,
            client,
            self.template.tokenizer,
            media_tokens(self.template.config),
            self._fills,
        )
        self._watch = Watch(self._settings.guards)
        self._controller, self._turn, self._compared = ControllerState(), 0, False
        self._oppo_metrics: dict[str, float] = {}

    def _train_loop(self, tg: Any, train_iters: int, iteration: int) -> int:
        if iteration > 0:
            self._resume(iteration)
        return super()._train_loop(_Watched(tg, self), train_iters, iteration)

    def _resume(self, iteration: int) -> None:
        """A step is a turn here, so the turn needs no file."""
        self._turn = iteration
        found = restore(folders_of(self.args), iteration)
        if found is None and self._settings.loss.controller.enabled:
            raise OppoSwiftError(
                "CONTROLLER_STATE",
                f"training resumes after step {iteration}, but no oppo_state.jsonl has the claim controller's state "
                "after it",
                "copy the file of the first run into --output_dir, or switch the controller off",
            )
        self._controller = found or self._controller

    # Rollout -------------------------------------------------------------------------------------------

    def _resample_failed_prompts(self, prompts: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super()._resample_failed_prompts(prompts, *args, **kwargs)
        except RuntimeError as error:
            if "resample" not in str(error):
                raise
            raise encoding_error(self.template, prompts[0]) from error

    def _postprocess_rollout(self, samples: Any, outputs: Any) -> Any:
        results = super()._postprocess_rollout(samples, outputs)
        for sample, output in zip(results, outputs, strict=False):
            usage = getattr(getattr(output, "response", None), "usage", None)
            if usage is not None:
                sample.rollout_infos[PROMPT_KEY] = usage.prompt_tokens
        return results

    def score_completions(self, samples: Any) -> Any:
        scores = super().score_completions(samples)
        rewards = summed_rewards(scores, self.reward_weights)
        self._watch.rewards(rewards.view(-1, self.num_generations).tolist())
        return scores

    def encode_rollout_batch(self, samples: Any) -> Any:
        self._preparer.check_rollouts(samples)
        return super().encode_rollout_batch(samples)

    # Evidence ------------------------------------------------------------------------------------------

    def _collate_for_workers(self, tg: Any, samples: Any, **kwargs: Any) -> Any:
        dispatch, grpo_batches = super()._collate_for_workers(tg, samples, **kwargs)
        size = int(self.args.micro_batch_size)
        if (len(samples) // tg.dp_size) % size:
            raise OppoSwiftError(
                "BATCH_SHAPE", f"{len(samples)} completions over {tg.dp_size} ranks in micro-batches of {size}"
            )
        chunks = [samples[start : start + size] for start in range(0, len(samples), size)]
        inputs = [own for rank in range(tg.dp_size) for own in dispatch[rank]]
        self._refuse_teachers(samples)
        found = self._preparer.evidence(
            chunks,
            [{"model_inputs": own, "grpo_batch": batch} for own, batch in zip(inputs, grpo_batches, strict=True)],
            turn=self._turn,
            first=0,
            generations=self.num_generations,
            skip_truncated=bool(self.args.overlong_filter),
        )
        drop_idle_passes(found, self._settings, self._turn)
        self._complete(chunks, found)
        for batch, evidence in zip(grpo_batches, found, strict=True):
            batch.oppo = evidence
        return dispatch, grpo_batches

    def _refuse_teachers(self, samples: Sequence[Any]) -> None:
        if any(sample.teacher_prompt or sample.teacher_images is not None for sample in samples):
            raise OppoSwiftError(
                "TEACHER",
                "the dataset has teacher_prompt or teacher_images: the teacher's view would be taken for rollouts",
                "remove these columns",
            )

    def _complete(self, chunks: Sequence[Sequence[Any]], found: list[BatchEvidence]) -> None:
        """Totals of the step, the controller's factor, fills, and what is logged. The driver sees all ranks."""
        lighten(found)
        options = self._settings.loss.controller
        totals, factor = add(own.totals for own in found if own.totals), suppression(self._controller, options)
        for evidence in found:
            evidence.totals, evidence.suppression, evidence.fills = totals, factor, self._fills
        completions, claims, scored, formed, clauses = claim_counts(chunks, found).tolist()
        per_response = claims / max(1.0, completions)
        self._controller, alerts = advance(self._controller, per_response, formed / scored if scored else 0.0, options)
        for alert in alerts if options.enabled else []:
            logger.warning(f"OPPO claim controller: {alert}")
        self._turn += 1
        samples = [sample for chunk in chunks for sample in chunk]
        self._watch.clipped(sum(bool(sample.is_truncated) for sample in samples) / len(samples))
        self._oppo_metrics = {"oppo/claims": per_response, "oppo/suppression": factor, **self._term_means(samples)}
        if "reference" in selectors(self._settings.loss):
            self._oppo_metrics["oppo/clauses"] = clauses / max(1.0, completions)

    def _term_means(self, samples: Sequence[Any]) -> dict[str, float]:
        known = [own for sample in samples if (own := sample.rollout_infos.get(TERMS_KEY)) is not None]
        names = TERMS[self._settings.reward.form] if known else ()
        return {f"oppo/reward/{name}": sum(own[name] for own in known) / len(known) for name in names}

    def _scatter_advantages(self, grpo_batches: Any, advantages: torch.Tensor) -> None:
        super()._scatter_advantages(grpo_batches, advantages)
        if self._compared:
            return
        self._compared = True
        gaps = [
            (batch.rollout_per_token_logps - batch.old_per_token_logps).abs()[batch.completion_mask.bool()]
            for batch in grpo_batches
            if batch.rollout_per_token_logps is not None and batch.old_per_token_logps is not None
        ]
        if gaps:
            guard.check_rollout_gap(float(torch.cat(gaps).mean()), self._settings.guards.max_rollout_logp_gap)

    def _build_grpo_log_metrics(self, *args: Any, **kwargs: Any) -> dict[str, float]:
        return {**super()._build_grpo_log_metrics(*args, **kwargs), **self._oppo_metrics}

    def stepped(self, results: Sequence[dict[str, Any]]) -> None:
        """After an optimiser step. results: what each worker logged last; its norm is this step's if it logged now."""
        iteration = int(results[0]["iteration"])
        append(self.args.output_dir, iteration, self._controller)
        every = int(getattr(self.args, "logging_steps", 1) or 1)
        norms = [own["grad_norm"] for own in results if "grad_norm" in own]
        if norms and (iteration == 1 or iteration % every == 0):
            self._watch.gradient(float(norms[0]))


class _Watched:
    """The train group, telling the trainer when a step is done: ms-swift's loop has no hook there."""

    def __init__(self, group: Any, trainer: OppoRayTrainer) -> None:
        self._group, self._trainer = group, trainer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._group, name)

    def train_step(self, *args: Any, **kwargs: Any) -> Any:
        results = self._group.train_step(*args, **kwargs)
        self._trainer.stepped(results)
        return results
