"""Batches as the benchmark writes them: one safetensors file each."""

from dataclasses import dataclass
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

from model import causal_after_prefix


@dataclass
class Batch:
    """Tensors of one step. R rows of prompts: P full ones, then P for each masked pass."""

    video: Tensor
    """[R, tokens, dim]"""
    audio: Tensor
    tokens: Tensor
    """[R, G, T], BOS first."""
    targets: Tensor
    """[R, G, T]"""
    sees: Tensor
    """[T, S + T], see `causal_after_prefix`."""
    loss: dict[str, Tensor]
    """What the loss reads beside the log-probs, each [P, G, T], [P, G, 1] or [passes, P, G, T]."""


def read_batch(folder: str, name: str) -> Batch:
    tensors = load_file(Path(folder) / f"{name}.safetensors")
    video, audio = tensors.pop("video"), tensors.pop("audio")
    tokens, targets = tensors.pop("tokens"), tensors.pop("targets")
    copies = video.shape[0] // tokens.shape[0]  # masked passes repeat the completions
    return Batch(
        video=video,
        audio=audio,
        tokens=tokens.repeat(copies, 1, 1),
        targets=targets.long().repeat(copies, 1, 1),
        sees=causal_after_prefix(video.shape[1] + audio.shape[1], tokens.shape[2]),
        loss=tensors,
    )
