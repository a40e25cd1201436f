"""ms-swift's GRPO trainer with the Omni-Perception Loss added to its own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from swift.rlhf_trainers.grpo_trainer import GRPOTrainer
from swift.utils import get_logger

from .config import load_settings
from .controller import ControllerState, advance, suppression
from .dump import Place, dump_step
from .errors import OppoSwiftError
from .guard import batch as guard
from .guard.encoding import encoding_error
from .guard.service import check_service
from .guard.startup import check_startup
from .guard.watch import Watch
from .loss.objective import auxiliary_loss
from .loss.options import (
    logged_names,
    masked_pass_learns,
    needs_passes,
    needs_whole,
    selectors,
)
from .loss.totals import Totals
from .model_facts import last_positions_only, logits_layer, media_tokens
from .passes import STREAMS, Fills, Pass, hidden_inputs
from .prepare import (
    PROMPT_KEY,
    RolloutPreparer,
    claim_counts,
    drop_idle_passes,
    summed_rewards,
    window_totals,
)
from .reward import TERMS, TERMS_KEY, open_client
from .rollout import BatchEvidence, States, kept_log_probs, samples_of

logger = get_logger()
STATE_FILE = "oppo_state.json"
# Log-probs [B, T] and hidden states [B, T, H] of a forward.
Forward = tuple[torch.Tensor, Any]


class OppoGRPOTrainer(GRPOTrainer):
    """GRPO plus the auxiliary terms of oppo.json, on evidence tokens that `oppo serve` points out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._captured: list[Forward] | None = None
        self._settings = load_settings()
        check_startup(
            kwargs["args"],
            self._settings,
            os.environ,
            undoes_accumulation=hasattr(GRPOTrainer, "_undo_gradient_accumulation_scaling"),
            template=kwargs["template"],
            reward_funcs=kwargs.get("reward_funcs") or [],
            model=kwargs["model"] if "model" in kwargs else args[0],
        )
        client = open_client(self._settings.service)
        check_service(client, self._settings)
        super().__init__(*args, **kwargs)
        processor = self.template.processor
        self._fills = Fills.of(processor, self._settings.masks)
        self._logits_layer = logits_layer(self.model)
        self._preparer = RolloutPreparer(
            self._settings,
            client,
            processor.tokenizer,
            media_tokens(self.model.config),
            self._fills,
        )
        self._watch = Watch(self._settings.guards)
        self._controller, self._turn = self._restored()
        self._compared = False

    # Rollout -------------------------------------------------------------------------------------------

    def _rollout_samples(self, inputs: Any) -> Any:
        try:
            return super()._rollout_samples(inputs)
        except RuntimeError as error:
            if "resample" not in str(error):
                raise
            raise encoding_error(self.template, inputs[0]) from error

    def resample_encode_failed_inputs(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        drawn = super().resample_encode_failed_inputs(inputs, *args, **kwargs)
        if self.model.training:
            own = {id(row) for row in inputs}
            replaced = sum(id(row) not in own for row in drawn)
            shared = self._sum(torch.tensor([replaced, len(drawn)], dtype=torch.float64))
            self._record({"replaced": shared[0] / max(1.0, shared[1])})
            self._watch.replaced(*shared)
        return drawn

    def _postprocess_rollout_outputs(self, samples: Any, outputs: Any) -> Any:
        if getattr(self, "dynamic_num_samples", False):
            raise OppoSwiftError(
                "MULTI_TURN",
                "the rollout server answers more completions than it was asked for: its scheduler splits trajectories",
                "start `swift rollout` without --multi_turn_scheduler",
            )
        results = super()._postprocess_rollout_outputs(samples, outputs)
        for sample, output in zip(results, outputs, strict=False):
            usage = getattr(output.response, "usage", None)
            if usage is not None:
                sample.rollout_infos[PROMPT_KEY] = usage.prompt_tokens
        return results

    def _score_completions(self, samples: Any) -> Any:
        samples = super()._score_completions(samples)
        if self.model.training:
            rewards = summed_rewards(self._rewards_per_func, self.reward_weights)
            self._watch.rewards(rewards.view(-1, self.num_generations).tolist())
        return samples

    def _prepare_batch_inputs(self, samples: Any) -> Any:
        if not self.model.training:
            return super()._prepare_batch_inputs(samples)
        self._preparer.check_rollouts(samples)
        batches = super()._prepare_batch_inputs(samples)
        chunks = self.split_by_mini_batches(samples)
        found = self._preparer.evidence(
            chunks,
            batches,
            turn=self._turn,
            first=self.accelerator.process_index * len(samples),
            generations=self.num_generations,
            skip_truncated=bool(self.overlong_filter),
        )
        if not self._compared:
            self._compared = True
            self._check_sampler([batch["grpo_batch"] for batch in batches])
        drop_idle_passes(found, self._settings, self._turn)
        self._share(chunks, found)
        for batch, evidence in zip(batches, found, strict=True):
            batch["grpo_batch"].oppo = evidence
        return batches

    def _share(self, chunks: Sequence[Sequence[Any]], found: list[BatchEvidence]) -> None:
        """Totals over ranks, the controller's factor and metrics of the rollout batch."""
        counts = self._sum(claim_counts(chunks, found))
        per_response = counts[1] / max(1.0, counts[0])
        factor = suppression(self._controller, self._settings.loss.controller)
        accumulation = self.args.gradient_accumulation_steps
        for index, own in enumerate(window_totals(found, accumulation)):
            totals = Totals(tuple(self._sum(torch.tensor(own.values, dtype=torch.float64))))
            for evidence in found[index * accumulation : (index + 1) * accumulation]:
                evidence.totals, evidence.suppression = totals, factor
        self._controller, alerts = advance(
            self._controller,
            per_response,
            counts[3] / counts[2] if counts[2] else 0.0,
            self._settings.loss.controller,
        )
        for alert in alerts if self._settings.loss.controller.enabled else []:
            logger.warning(f"OPPO claim controller: {alert}")
        self._turn += 1
        self._record({"claims": per_response, "suppression": factor})
        if "reference" in selectors(self._settings.loss):
            self._record({"clauses": counts[4] / max(1.0, counts[0])})
        self._record_terms([sample for chunk in chunks for sample in chunk])

    def _record_terms(self, samples: Sequence[Any]) -> None:
        names = TERMS[self._settings.reward.form]
        terms = [sample.rollout_infos.get(TERMS_KEY) for sample in samples]
        known = [own for own in terms if own is not None]
        sums = [sum(own[name] for own in known) for name in names]
        *totals, count = self._sum(torch.tensor([*sums, len(known)], dtype=torch.float64))
        if count:
            self._record({f"reward/{name}": total / count for name, total in zip(names, totals, strict=True)})

    def _check_sampler(self, grpo_batches: Sequence[Any]) -> None:
        gaps = []
        for own in grpo_batches:
            if own.rollout_per_token_logps is not None and own.old_per_token_logps is not None:
                gap = (own.rollout_per_token_logps - own.old_per_token_logps).abs()
                gaps.append(gap[own.completion_mask.bool()])
        if gaps:
            limit = self._settings.guards.max_rollout_logp_gap
            guard.check_rollout_gap(float(torch.cat(gaps).mean()), limit)

    # Loss ----------------------------------------------------------------------------------------------

    def _get_per_token_logps_and_entropies(
        self, model: Any, model_inputs: Any, grpo_batch: Any, *args: Any, **kwargs: Any
    ) -> Any:
        with last_positions_only(self._logits_layer, grpo_batch.logits_to_keep + 1) as states:
            result = super()._get_per_token_logps_and_entropies(model, model_inputs, grpo_batch, *args, **kwargs)
        if self._captured is not None:
            self._captured.append((result[0], states[-1][:, :-1] if states else None))
        return result

    def _compute_loss_and_metrics(self, model: Any, model_inputs: Any, grpo_batch: Any) -> Any:
        evidence: BatchEvidence | None = getattr(grpo_batch, "oppo", None)
        if evidence is None or not self.model.training:
            return super()._compute_loss_and_metrics(model, model_inputs, grpo_batch)
        with self._capturing() as captured:
            loss, metrics = super()._compute_loss_and_metrics(model, model_inputs, grpo_batch)
        ((full, full_states),) = captured
        masked = [self._hidden_forward(model, model_inputs, grpo_batch, own) for own in evidence.passes]
        hidden = [logps for logps, _ in masked]
        mask = grpo_batch.completion_mask
        self._canary(evidence, full, hidden, mask)
        options = self._settings.loss
        states = None
        if needs_whole(options):
            states = States(full_states, [own for _, own in masked], self._head, self.temperature)
        samples = samples_of(evidence, full, hidden, mask, options, states)
        term, values = full.sum() * 0.0, {}
        if samples and evidence.totals is not None:
            term, values = auxiliary_loss(samples, options, evidence.totals, evidence.suppression)
        # The trainer divides by the accumulation steps and averages over ranks; the totals are of the whole.
        scale = self.accelerator.num_processes * getattr(
            self, "current_gradient_accumulation_steps", self.args.gradient_accumulation_steps
        )
        self._record_loss(term, values, scale)
        place = Place(self.state.global_step, self._step, self.accelerator.process_index)
        dump_step(place, evidence, samples, term, loss)
        total = loss + scale * term
        guard.check_finite("the loss", float(total.detach()))
        return total, metrics

    @contextmanager
    def _capturing(self) -> Iterator[list[Forward]]:
        self._captured = captured = []
        try:
            yield captured
        finally:
            self._captured = None

    def _hidden_forward(self, model: Any, model_inputs: Any, grpo_batch: Any, own: Pass) -> Forward:
        """Log-probs with a stream hidden, and the states they were made of."""
        inputs, loss = hidden_inputs(model_inputs, own, self._fills), self._settings.loss
        compared = own.joint or needs_passes(loss)
        with nullcontext() if compared and masked_pass_learns(loss) else torch.no_grad():
            with self._capturing() as captured:
                self._get_per_token_logps_and_entropies(model, inputs, grpo_batch)
        ((logps, states),) = captured
        return kept_log_probs(logps, loss), states

    def _head(self, states: torch.Tensor) -> torch.Tensor:
        """Logits of some positions, as the model makes them: outside of its forward nothing casts for it."""
        return self._logits_layer(states.to(self._logits_layer.weight.dtype))

    def _canary(
        self, evidence: BatchEvidence, full: torch.Tensor, hidden: Sequence[torch.Tensor], mask: torch.Tensor
    ) -> None:
        sums = torch.zeros(len(STREAMS), 2, dtype=torch.float64)
        for own, values in zip(evidence.passes, hidden, strict=True):
            change = ((full - values).detach().abs() * mask).sum(1).double().cpu()
            for row, stream in own.streams.items() if not own.joint else ():
                sums[STREAMS.index(stream), 0] += change[row]
                sums[STREAMS.index(stream), 1] += float(mask[row].sum())
        shared = torch.tensor(self._sum(sums.flatten())).view_as(sums)
        for stream, (change, tokens) in zip(STREAMS, shared.tolist(), strict=True):
            if tokens > 0:
                self._record({f"effect_{stream}": change / tokens})
                self._watch.canary(stream, change / tokens)

    def _record_loss(self, term: torch.Tensor, values: dict[str, float], scale: float) -> None:
        names = logged_names(self._settings.loss)
        local = [float(term.detach()), *(values.get(name, 0.0) for name in names)]
        summed = self._sum(torch.tensor(local, dtype=torch.float64))
        # Metrics are averaged over micro-steps when logged; summed parts over ranks times the rest of the scale.
        rest = scale / self.accelerator.num_processes
        self._record(
            {name: value * rest for name, value in zip(["loss", *names.values()], summed, strict=True)}
        )

    # Bookkeeping ---------------------------------------------------------------------------------------

    def log(self, logs: dict[str, float], *args: Any, **kwargs: Any) -> None:
        super().log(logs, *args, **kwargs)
        if "grad_norm" in logs:
            self._watch.gradient(float(logs["grad_norm"]))
        if "completions/clipped_ratio" in logs:
            self._watch.clipped(float(logs["completions/clipped_ratio"]))

    def _save_checkpoint(self, *args: Any, **kwargs: Any) -> Any:
        result = super()._save_checkpoint(*args, **kwargs)
        folder = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
        if self.accelerator.is_main_process and folder.is_dir():
            state = {"controller": asdict(self._controller), "turn": self._turn}
            unfinished = folder / f"{STATE_FILE}.part"
            unfinished.write_text(json.dumps(state), encoding="utf-8")
            unfinished.replace(folder / STATE_FILE)
        return result

    def _restored(self) -> tuple[ControllerState, int]:
        checkpoint = getattr(self.args, "resume_from_checkpoint", None)
        path = Path(checkpoint) / STATE_FILE if isinstance(checkpoint, str) else None
        if path is None or not path.exists():
            return ControllerState(), 0
        state = json.loads(path.read_text(encoding="utf-8"))
        return ControllerState(**state["controller"]), int(state["turn"])

    def _sum(self, values: torch.Tensor) -> list[float]:
        """Sum over ranks of a vector that every rank brings."""
        own = values.to(self.accelerator.device).unsqueeze(0)
        return self.accelerator.gather(own).sum(0).tolist()

    def _record(self, metrics: dict[str, float]) -> None:
        for name, value in metrics.items():
            self._metrics["train"][f"oppo/{name}"].append(value)
