"""The loss of a Ray worker: ms-swift's GRPO loss of a micro-batch, and OPPO's term on the same and masked passes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import torch
from megatron.core import mpu
from swift.ray.megatron.loss.grpo import GRPOLoss

from ..config import load_settings
from ..dump import Place, dump_step
from ..errors import OppoSwiftError
from ..guard import batch as guard
from ..guard.watch import Watch
from ..loss.objective import auxiliary_loss
from ..loss.options import logged_names, masked_pass_learns
from ..loss.sample import Sample
from ..passes import STREAMS, hidden_inputs
from ..rollout import BatchEvidence, samples_of
from .startup import check_ray_startup

Inputs = dict[str, Any]


class OppoLoss(GRPOLoss):
    """`forward_step` is all that Megatron calls; the loss itself is what it returns with the log-probs."""

    def __init__(self, args: Any) -> None:
        self._settings = load_settings()
        check_ray_startup(args, self._settings, os.environ)
        super().__init__(args)
        self._args = args
        self._watch = Watch(self._settings.guards)
        self._micro_steps = 0

    def forward_step(self, data_iterator: Iterator[Inputs], model: Any) -> Any:
        """Log-probs [B, T] of the full pass, and the function of them that gives loss and metrics."""
        data = next(data_iterator)
        grpo_batch = data["grpo_batch"]
        evidence: BatchEvidence | None = getattr(grpo_batch, "oppo", None)
        if evidence is None or evidence.totals is None or evidence.fills is None:
            raise OppoSwiftError(
                "EVIDENCE_MISSING",
                "a micro-batch came without evidence: the driver is not OPPO's, and the loss would be missing",
                "--external_plugins must name oppo_swift_plugin.py for the driver too",
            )
        plain = {name: value for name, value in data.items() if name != "grpo_batch"}
        hidden = self._hidden(plain, grpo_batch, evidence, model)
        full, policy_loss = self._forward(plain, grpo_batch, model)

        def combined(output: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
            loss, metrics = policy_loss(output)
            effects = self._canary(evidence, full, hidden, grpo_batch.completion_mask)
            samples = samples_of(evidence, full, hidden, grpo_batch.completion_mask)
            term, logged = self._term(evidence, samples, full)
            dump_step(self._place(), evidence, samples, term / self._scale(), loss)
            total = loss + term
            # Summed, so that one rank's NaN stops all of them.
            guard.check_finite("the loss", float(_summed(total.detach().clone())))
            return total, {**metrics, **effects, **logged}

        return full, combined

    def _forward(self, inputs: Inputs, grpo_batch: Any, model: Any) -> Any:
        """ms-swift's own step. On a copy: it takes things out of the dict and rolls the labels in it."""
        return super().forward_step(iter([{**inputs, "grpo_batch": grpo_batch}]), model)

    def _hidden(self, plain: Inputs, grpo_batch: Any, evidence: BatchEvidence, model: Any) -> list[torch.Tensor]:
        with nullcontext() if masked_pass_learns(self._settings.loss) else torch.no_grad():
            return [
                self._forward(hidden_inputs(plain, own, evidence.fills), grpo_batch, model)[0]
                for own in evidence.passes
            ]

    def _place(self) -> Place:
        """Steps count from the start of this process: a worker is not told where a resumed run is."""
        self._micro_steps += 1
        step, micro_step = divmod(self._micro_steps - 1, int(self._args.num_microbatches))
        return Place(step, micro_step, mpu.get_data_parallel_rank())

    def _scale(self) -> int:
        """Megatron divides by micro-batches and averages over ranks; the totals are of the whole step."""
        return int(self._args.num_microbatches) * mpu.get_data_parallel_world_size()

    def _term(
        self, evidence: BatchEvidence, samples: Sequence[Sample], full: torch.Tensor
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """The term as this rank adds it, and what is logged: means over micro-batches of sums over ranks."""
        options = self._settings.loss
        term, values = full.sum() * 0.0, {}
        if samples:
            term, values = auxiliary_loss(samples, options, evidence.totals, evidence.suppression)
        names = logged_names(options)
        local = [float(term.detach()), *(values.get(name, 0.0) for name in names)]
        shared = _summed(torch.tensor(local, dtype=torch.float32, device=full.device))
        summed = int(self._args.num_microbatches) * shared
        logged = dict(zip(["oppo/loss", *(f"oppo/{name}" for name in names.values())], summed, strict=True))
        return self._scale() * term, logged

    def _canary(
        self, evidence: BatchEvidence, full: torch.Tensor, hidden: Sequence[torch.Tensor], mask: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Mean |change of log-prob| by stream. Summed over ranks first, so that all of them stop, or none."""
        sums = torch.zeros(len(STREAMS), 2, device=full.device)
        for own, values in zip(evidence.passes, hidden, strict=True):
            change = ((full - values).detach().abs() * mask).sum(1)
            for row, stream in own.streams.items() if not own.joint else ():
                sums[STREAMS.index(stream)] += torch.stack([change[row], mask[row].sum()])
        sums = _summed(sums)
        seen = [index for index in range(len(STREAMS)) if float(sums[index, 1]) > 0]
        for index in seen:
            self._watch.canary(STREAMS[index], float(sums[index, 0] / sums[index, 1]))
        return {f"oppo/effect_{STREAMS[index]}": sums[index, 0] / sums[index, 1] for index in seen}


def _summed(values: torch.Tensor) -> torch.Tensor:
    """Sum over data-parallel ranks."""
    torch.distributed.all_reduce(values, group=mpu.get_data_parallel_group())
    return values
