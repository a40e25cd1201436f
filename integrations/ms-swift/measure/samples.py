"""What the loss is handed of a micro-step: claims, log-probs of the passes, and rows over the whole vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from oppo_swift.loss.options import active, whole_reads
from oppo_swift.loss.sample import Rows, Sample
from oppo_swift.loss.settings import Loss
from oppo_swift.rollout import BatchEvidence, samples_of

from .evidence import claims
from .policy import Forward
from .sizes import Size


def sampled_tokens_learn(loss: Loss) -> bool:
    """Does a term send a gradient through log-probs of sampled tokens in a masked pass?"""
    return any(term.learns_masked(loss) and term.reads(loss) != "none" for term in active(loss))


def loss_samples(
    evidence: BatchEvidence,
    full: Forward,
    hidden: Sequence[Forward],
    head: Callable[[torch.Tensor], torch.Tensor],
    loss: Loss,
    size: Size,
    share: float,
) -> list[Sample]:
    """Samples of a micro-batch without padding. hidden: one for each of the evidence's passes."""
    masked = [own.log_probs for own in hidden]
    samples = samples_of(evidence, full.log_probs, masked, torch.ones_like(full.log_probs))
    clauses = claims(size, share, whole=True)
    for row, sample in enumerate(samples):
        made = {own.streams[row]: forward.states for own, forward in zip(evidence.passes, hidden, strict=True)}
        made["full"] = full.states
        sample.clauses = clauses
        sample.whole = {
            name: Rows(tokens, made[name][row, list(tokens)], head)
            for name, tokens in whole_reads(loss, sample.claims, clauses, len(sample.full)).items()
            if name in made
        }
    return samples
