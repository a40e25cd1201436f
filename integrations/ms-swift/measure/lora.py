"""LoRA by hand, so that nothing but torch and transformers is needed: y + alpha/rank · B(A(x)), B and A learn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

# B is drawn, not 0 as at a run's start: then A would have no gradient and the reference would be the policy.
OUTPUT_STD = 0.002


class Lora(nn.Module):
    """A frozen linear layer with an adapter. Weights in float32, products in the input's type, as under DeepSpeed."""

    def __init__(self, base: nn.Linear, rank: int, alpha: int) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.scale = alpha / rank
        self.enabled = True
        place = {"device": base.weight.device, "dtype": torch.float32}
        self.down = nn.Parameter(torch.empty(rank, base.in_features, **place))
        self.up = nn.Parameter(torch.empty(base.out_features, rank, **place))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))
        nn.init.normal_(self.up, std=OUTPUT_STD)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[..., in] -> [..., out]."""
        y = self.base(x)
        if not self.enabled:
            return y
        low = nn.functional.linear(x, self.down.to(x.dtype))
        return y + self.scale * nn.functional.linear(low, self.up.to(x.dtype))


def add_lora(model: nn.Module, under: nn.Module, rank: int, alpha: int) -> list[nn.Parameter]:
    """Freezes `model` and gives every linear layer below `under` an adapter. Returns what learns."""
    model.requires_grad_(False)
    layers = [
        (parent, name, child)
        for parent in under.modules()
        for name, child in parent.named_children()
        if isinstance(child, nn.Linear)
    ]
    learning: list[nn.Parameter] = []
    for parent, name, child in layers:
        adapter = Lora(child, rank, alpha)
        setattr(parent, name, adapter)
        learning += [adapter.down, adapter.up]
    return learning


@contextmanager
def adapters_off(model: nn.Module) -> Iterator[None]:
    """The reference policy: the same weights without adapters."""
    adapters = [module for module in model.modules() if isinstance(module, Lora)]
    for adapter in adapters:
        adapter.enabled = False
    try:
        yield
    finally:
        for adapter in adapters:
            adapter.enabled = True
