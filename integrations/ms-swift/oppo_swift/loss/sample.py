"""One completion as the loss sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

STREAMS = ("video", "audio")
# Every forward pass of a completion; both: video and audio hidden at once.
PASSES = ("full", "video", "audio", "both")
MODALITIES = ("visual", "acoustic")
OWN_PASS = {"visual": "video", "acoustic": "audio"}
OTHER_PASS = {"visual": "audio", "acoustic": "video"}


@dataclass(frozen=True)
class Claim:
    """A claim's place among a completion's tokens.

    heads: token indices of its content words. match: s_C, 0 to 1. onset: token at which it begins, only on the
    first claim of its modality.
    """

    modality: str
    heads: tuple[int, ...]
    match: float
    onset: int | None = None


def evidence_tokens(claims: Iterable[Claim], modality: str) -> list[int]:
    """Head tokens of all claims of one modality, ascending, each once."""
    return sorted({token for claim in claims if claim.modality == modality for token in claim.heads})


@dataclass(frozen=True)
class Rows:
    """What a pass says over the whole vocabulary at some tokens of a completion, with graph where it may learn.

    positions: tokens of the completion, ascending, those of `options.whole_reads`. values: [positions, V] logits of any
    dtype, as the model gives them; with `head`, hidden states [positions, H] of which `head` makes logits (lm_head):
    these are then never kept, only made again in backward, a chunk at a time. temperature: logits are divided by it.
    Row i speaks of token positions[i] itself, that is, it comes from the state before that token.
    """

    positions: tuple[int, ...]
    values: torch.Tensor
    head: Callable[[torch.Tensor], torch.Tensor] | None = None
    temperature: float = 1.0


@dataclass
class Sample:
    """Log-probs of the sampled tokens, nats, each [tokens]; with graph where it may learn.

    full: nothing hidden; video, audio: that stream hidden, None where this completion has no such pass.
    partial: passes under which the stream still shows something (swapped): the onset term skips them.
    both: both streams hidden at once; only where `options.needs_joint_pass`. clauses: evidence as the reference picks
    it, in place of `claims`; only where "reference" is in `options.selectors`, and never left out there. whole: rows
    over the vocabulary by pass, where `options.whole_reads` asks for them.
    """

    full: torch.Tensor
    claims: tuple[Claim, ...] = ()
    video: torch.Tensor | None = None
    audio: torch.Tensor | None = None
    partial: frozenset[str] = field(default_factory=frozenset)
    both: torch.Tensor | None = None
    clauses: tuple[Claim, ...] | None = None
    whole: Mapping[str, Rows] = field(default_factory=dict)

    def hidden(self, stream: str) -> torch.Tensor | None:
        """Log-probs of the pass that hides `stream` ("video", "audio" or "both")."""
        return {"video": self.video, "audio": self.audio, "both": self.both}[stream]

    def evidence(self, modality: str) -> list[int]:
        """M^k: head tokens of all claims of the modality, ascending, each once."""
        return evidence_tokens(self.claims, modality)
