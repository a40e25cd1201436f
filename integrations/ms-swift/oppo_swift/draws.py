"""Which part of a stream masking by ratio sets to zero: the units and the rounding of src/prompt/masks.ts."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Draw:
    """A share `ratio` of one stream of one clip, drawn by `seed`: equal draws hide the same.

    unit: "element", every number by itself with probability `ratio`; "frame", whole steps of time, exactly that
    share of them; "block", as many in one piece.
    """

    ratio: float
    unit: str
    seed: str

    def hidden(self, steps: int, width: int) -> torch.Tensor:
        """What is set to zero of a stream of `steps` steps of time of `width` numbers: bool, [steps, width or 1].

        On the CPU whatever the model runs on, so that every device and every resumed run sees the same.
        """
        generator = torch.Generator().manual_seed(_number(self.seed))
        if self.unit == "element":
            return torch.rand(steps, width, generator=generator) < self.ratio
        count = math.floor(self.ratio * steps + 0.5)
        hidden = torch.zeros(steps, 1, dtype=torch.bool)
        if self.unit == "frame":
            hidden[torch.randperm(steps, generator=generator)[:count]] = True
        else:
            first = int(torch.randint(steps - count + 1, (1,), generator=generator))
            hidden[first : first + count] = True
        return hidden


def _number(seed: str) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:7], "big")
