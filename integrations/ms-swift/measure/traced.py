"""Peak memory without a GPU: every allocation of a step at full size, counted on tensors that have shapes but no data.

PyTorch's fake tensors run the trainer's own step; what they would allocate is added up and taken off again when it is
freed. The text model alone: encoders are frozen, so nothing of theirs lives through a step but their weights. What a
GPU's libraries take besides (workspace, fragmentation) is not in it. A count, not a measurement.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from .contenders import Contender, mask_settings
from .model import build, thinker_config
from .sizes import Size
from .step import World, step
from .world import RATE, black_and_silent, primed

GB = 1e9


class Allocations(TorchDispatchMode):
    """Counts bytes of tensors while they live."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = 0
        self._known: Any = weakref.WeakKeyDictionary()

    def count(self, tensors: Iterable[Any]) -> None:
        """Takes the storage of each tensor in, once, until it is freed."""
        for tensor in tensors:
            if not isinstance(tensor, torch.Tensor):
                continue
            storage = tensor.untyped_storage()
            if storage not in self._known:
                self._known[storage] = size = storage.nbytes()
                self.now += size
                self.peak = max(self.peak, self.now)
                weakref.finalize(storage, self._freed, size)

    def _freed(self, size: int) -> None:
        self.now -= size

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.ops.aten._local_scalar_dense.default:
            # A number is read out, for a report, a check or Adam's count of steps: there is none.
            return False if args[0].dtype == torch.bool else 1
        # Completions have no padding here: masks pick everything.
        if func is torch.ops.aten.nonzero.default:
            out = torch.arange(args[0].numel()).unsqueeze(1)
        elif func is torch.ops.aten.index.Tensor and any(
            own is not None and own.dtype == torch.bool for own in args[1]
        ):
            out = args[0].clone()
        else:
            out = func(*args, **(kwargs or {}))
        self.count(tree_leaves(out))
        return out


class TextHalf(nn.Module):
    """The thinker behind its encoders: placeholders are embedded like words."""

    def __init__(self, thinker: Any) -> None:
        super().__init__()
        self.model, self.lm_head = thinker.model, thinker.lm_head

    def forward(self, input_ids: torch.Tensor, **_: Any) -> Any:
        positions = torch.zeros(3, *input_ids.shape, dtype=torch.long)
        hidden = self.model(input_ids=input_ids, position_ids=positions, use_cache=False).last_hidden_state
        return SimpleNamespace(logits=self.lm_head(hidden))

    def gradient_checkpointing_enable(self, **options: Any) -> None:
        self.model.gradient_checkpointing_enable(**options)

    def gradient_checkpointing_disable(self) -> None:
        self.model.gradient_checkpointing_disable()


def trace(
    size: Size, contenders: Iterable[Contender], logits: torch.dtype, share: float
) -> dict[str, dict[str, float]]:
    """GB by contender. adapters: with Adam's state. step: the peak beyond what was there before the step, in bfloat16
    weights and with gradient checkpointing; adapters' gradients are in it.
    """
    found = {}
    with FakeTensorMode():
        thinker, learning = build(bare(size), torch.device("cpu"), torch.bfloat16, seed=0)
        model = TextHalf(thinker).train()
        optimiser = primed(torch.optim.AdamW(learning, lr=RATE, weight_decay=0.0, foreach=False))
        ids = torch.zeros(size.rows, size.prompt + size.completion, dtype=torch.long)
        inputs = {"input_ids": ids}
        fills = black_and_silent(torch.device("cpu"))
        world = World(model, learning, optimiser, size, inputs, inputs, fills, logits, True, share, hide=untouched)
        for contender in contenders:
            allocations = Allocations()
            allocations.count([*model.parameters(), *model.buffers(), ids, *states(optimiser)])
            resting = allocations.now
            with allocations:
                step(world, without_media(contender))
            found[contender.name] = {
                "adapters": sum(own.nbytes for own in [*learning, *states(optimiser)]) / GB,
                "step": (allocations.peak - resting) / GB,
            }
    return found


def weights_gb(size: Size) -> float:
    """Of the whole thinker in bfloat16."""
    from transformers import Qwen2_5OmniThinkerForConditionalGeneration

    with torch.device("meta"):
        model = Qwen2_5OmniThinkerForConditionalGeneration(thinker_config(size))
    return sum(own.numel() for own in model.parameters()) * 2 / GB


def bare(size: Size) -> Size:
    """The same text model behind encoders of no layers."""
    vision = {**size.vision, "depth": 0}
    return replace(size, vision=vision, audio={**size.audio, "encoder_layers": 0})


def without_media(contender: Contender) -> Contender:
    """Hidden by blanks, which needs no other clip; the passes are the same."""
    if contender.masks is None:
        return contender
    blank = mask_settings(visual="blank", acoustic="blank", schedule=contender.masks.schedule)
    return replace(contender, masks=blank)


def untouched(inputs: dict[str, Any], *_: Any) -> dict[str, Any]:
    """There is no media to hide."""
    return inputs


def states(optimiser: torch.optim.Optimizer) -> list[Any]:
    """Adam's moments."""
    return [value for own in optimiser.state.values() for value in own.values()]
