"""Training steps of the yardstick: what a PyTorch user would write for the same work."""

import json
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from batches import Batch, read_batch
from losses import LOSSES
from model import OmniTransformer


class Training:
    """The exported policy with its optimiser, eager and compiled."""

    def __init__(self, folder: str):
        self.folder = folder
        self.model = OmniTransformer(json.loads(Path(folder, "policy", "policy.json").read_text())["shape"])
        self.restore()
        self.compiled = torch.compile(self.model, dynamic=False)
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), lr=1e-5, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.0, fused=True
        )
        self.batches: dict[str, Batch] = {}

    def restore(self) -> None:
        """The exported weights again."""
        self.model.load_state_dict(load_file(Path(self.folder, "policy", "model.safetensors")))

    def batch(self, name: str) -> Batch:
        if name not in self.batches:
            self.batches[name] = read_batch(self.folder, name)
        return self.batches[name]

    def logprobs(self, batch: Batch, compiled: bool) -> torch.Tensor:
        run = self.compiled if compiled else self.model
        return run(batch.video, batch.audio, batch.tokens, batch.targets, batch.sees)

    def step(self, name: str, compiled: bool) -> None:
        batch = self.batch(name)
        self.optimiser.zero_grad(set_to_none=True)
        LOSSES[name](self.logprobs(batch, compiled), batch.loss).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()

    def score(self, name: str, compiled: bool) -> None:
        with torch.inference_mode():
            self.logprobs(self.batch(name), compiled)

    def time(self, piece: str, name: str, compiled: bool, warmups: int, repeats: int) -> list[float]:
        """Milliseconds of each repeat of a `step` or a `score` of a batch."""
        run = {"step": self.step, "score": self.score}[piece]
        for _ in range(warmups):
            run(name, compiled)
        return [milliseconds(lambda: run(name, compiled)) for _ in range(repeats)]

    def gradients(self, name: str, compiled: bool, file: str) -> dict:
        """Writes log-probs and unclipped gradients at the exported weights."""
        self.restore()
        batch = self.batch(name)
        self.model.zero_grad(set_to_none=True)
        logprobs = self.logprobs(batch, compiled)
        LOSSES[name](logprobs, batch.loss).backward()
        gradients = {f"gradient.{key}": value.grad for key, value in self.model.named_parameters()}
        save_file({"logprobs": logprobs.detach(), **gradients}, file)
        return {}

    def flops(self, name: str) -> dict:
        """Operations of forward and backward, by PyTorch's own count of matrix products."""
        batch = self.batch(name)
        counter = FlopCounterMode(display=False)
        # the counter knows the parts of attention, not the CPU's fused kernel
        with counter, sdpa_kernel(SDPBackend.MATH):
            LOSSES[name](self.logprobs(batch, False), batch.loss).backward()
        return {"count": counter.get_total_flops()}


def milliseconds(work) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
