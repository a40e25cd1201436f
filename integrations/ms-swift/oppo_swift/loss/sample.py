"""One completion as the loss sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

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


@dataclass
class Sample:
    """Log-probs of the sampled tokens, nats, each [tokens]; with graph where it may learn.

    full: nothing hidden; video, audio: that stream hidden, None where this completion has no such pass.
    partial: passes under which the stream still shows something (swapped): the onset term skips them.
    """

    full: torch.Tensor
    claims: tuple[Claim, ...] = ()
    video: torch.Tensor | None = None
    audio: torch.Tensor | None = None
    partial: frozenset[str] = field(default_factory=frozenset)

    def hidden(self, stream: str) -> torch.Tensor | None:
        """Log-probs of the pass that hides `stream` ("video" or "audio")."""
        return self.video if stream == "video" else self.audio

    def evidence(self, modality: str) -> list[int]:
        """M^k: head tokens of all claims of the modality, ascending, each once."""
        return sorted({token for claim in self.claims if claim.modality == modality for token in claim.heads})
