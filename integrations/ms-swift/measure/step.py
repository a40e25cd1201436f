"""One micro-step of training, pass by pass as ms-swift's GRPO trainer and oppo_swift.trainer make it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import torch
from torch import nn

from oppo_swift.loss.objective import auxiliary_loss
from oppo_swift.loss.options import masked_pass_learns, needs_whole, selectors
from oppo_swift.loss.sample import Sample
from oppo_swift.loss.settings import Loss
from oppo_swift.loss.totals import measure
from oppo_swift.passes import Fills, Pass, Row, deal, hidden_inputs
from oppo_swift.rollout import BatchEvidence, States, kept_log_probs, samples_of

from .contenders import Contender
from .evidence import claims
from .lora import adapters_off
from .model import checkpointing
from .policy import Forward, forward, head_of
from .sizes import Size

EPSILON, REFERENCE_WEIGHT, TEMPERATURE = 0.2, 0.04, 1.0


@dataclass
class World:
    """What all contenders share. inputs: a micro-batch with completions; other: another clip's, to swap with.
    logits: type of logits and log-softmax. share: of a completion's clauses that are evidence. hide: inputs of a masked
    pass.
    """

    model: Any
    learning: list[nn.Parameter]
    optimiser: torch.optim.Optimizer
    size: Size
    inputs: dict[str, Any]
    other: dict[str, Any]
    fills: Fills
    logits: torch.dtype
    checkpoint: bool
    share: float
    hide: Callable[[dict[str, Any], Pass, Fills], dict[str, Any]] = hidden_inputs


@dataclass
class Outcome:
    """Numbers of a step, to be checked against each other. Log-probs [rows, completion], detached. samples: what the
    loss was handed.
    """

    loss: float
    grpo: float
    term: float
    values: dict[str, float]
    full: torch.Tensor
    old: torch.Tensor
    reference: torch.Tensor
    samples: list[Sample] = field(default_factory=list)


def step(world: World, contender: Contender) -> Outcome:
    """Old and reference log-probs, forward, masked passes, loss, backward, optimiser. Gradients are gone afterwards."""
    old, reference = before_the_step(world)
    with checkpointing(world.model, world.checkpoint):
        full = passed(world, world.inputs)
        loss = grpo = grpo_loss(full.log_probs, old, reference)
        term, samples, values = torch.zeros(()), [], {}
        if contender.loss is not None:
            samples = masked_samples(world, contender, contender.loss, full)
            term, values = auxiliary_loss(samples, contender.loss, measure(samples), 1.0)
            loss = grpo + term
        loss.backward()
    world.optimiser.step()
    outcome = Outcome(
        float(loss.detach()),
        float(grpo.detach()),
        float(term.detach()),
        values,
        full.log_probs.detach(),
        old,
        reference,
        [kept(sample) for sample in samples],
    )
    world.optimiser.zero_grad(set_to_none=True)
    return outcome


def masked_samples(world: World, contender: Contender, loss: Loss, full: Forward) -> list[Sample]:
    """The masked passes, with graph where they learn, and what the loss is handed of all passes."""
    evidence = evidence_of(world, contender)
    with nullcontext() if masked_pass_learns(loss) else torch.no_grad():
        hidden = [masked(world, own, loss) for own in evidence.passes]

    states = None
    if needs_whole(loss):
        states = States(full.states, [own.states for own in hidden], partial(head_of, world.model), TEMPERATURE)
    log_probs = [own.log_probs for own in hidden]
    return samples_of(evidence, full.log_probs, log_probs, torch.ones_like(full.log_probs), loss, states)


def masked(world: World, own: Pass, loss: Loss) -> Forward:
    """A masked pass."""
    found = passed(world, world.hide(world.inputs, own, world.fills))
    return replace(found, log_probs=kept_log_probs(found.log_probs, loss))


def kept(sample: Sample) -> Sample:
    """Without graphs."""

    def constant(values: torch.Tensor | None) -> Any:
        return None if values is None else values.detach()

    return replace(
        sample,
        full=constant(sample.full),
        video=constant(sample.video),
        audio=constant(sample.audio),
        whole={name: replace(rows, values=constant(rows.values)) for name, rows in sample.whole.items()},
    )


def before_the_step(world: World) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probs of the policy that sampled and of the reference, without graph and without checkpointing."""
    with torch.no_grad():
        old = passed(world, world.inputs).log_probs
        with adapters_off(world.model):
            return old, passed(world, world.inputs).log_probs


def passed(world: World, inputs: dict[str, Any]) -> Forward:
    """One forward of the model."""
    return forward(world.model, inputs, world.size.completion, world.logits)


def advantages(rows: int) -> torch.Tensor:
    """[rows, 1]: of a group in which half were better than the other half."""
    return torch.tensor([[1.0 if row % 2 == 0 else -1.0] for row in range(rows)])


def grpo_loss(full: torch.Tensor, old: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """ms-swift's, `--loss_type grpo`: clipped ratio and reference KL, mean over tokens, then over completions."""
    advantage = advantages(len(full)).to(full)
    ratio = torch.exp(full - old)
    clipped = ratio.clamp(1 - EPSILON, 1 + EPSILON)
    gap = (reference - full).clamp(-20, 20)
    kl = (gap.exp() - gap - 1).clamp(-10, 10)
    per_token = -torch.min(ratio * advantage, clipped * advantage) + REFERENCE_WEIGHT * kl
    return per_token.mean(1).mean()


def evidence_of(world: World, contender: Contender) -> BatchEvidence:
    """Claims of the rows, clauses of the reference where the loss acts on them, and the masked passes that the plugin
    would deal them.
    """
    rows = world.size.rows
    by_reference = "reference" in selectors(contender.loss)
    return BatchEvidence(
        claims=[claims(world.size, world.share, whole=False)] * rows,
        clauses=[claims(world.size, world.share, whole=True)] * rows if by_reference else None,
        kept=list(range(rows)),
        passes=passes_of(world, contender),
        partial=contender.masks.partial(),
    )


def passes_of(world: World, contender: Contender) -> list[Pass]:
    """Of the first micro-batch of a rollout batch of two groups."""
    batches: Sequence[dict[str, Any]] = [world.inputs, world.other]
    rows = [
        Row(batch, row, clip_id="ab"[batch], label=("joy", "fear")[batch], group=batch)
        for batch in range(2)
        for row in range(world.size.rows)
    ]
    return deal(rows, batches, contender.masks, turn=0)[0]
