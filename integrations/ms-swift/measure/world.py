"""Model, batch and optimiser: what all contenders share."""

from __future__ import annotations

from typing import Any

import torch
from oppo_swift.passes import Fills

from . import batch as batches
from .batch import model_inputs
from .model import build
from .rollout import roll_out
from .sizes import Size
from .step import World

# Qwen2.5-Omni's processor: a black frame after normalisation, by channel, and the extractor's feature of silence.
BLACK = (-1.7922625, -1.7520971, -1.4802198)
SILENCE = -1.5
# The rate of a run's first step under warm-up: everything is computed, and the weights stay as they are.
RATE = 0.0


def make_world(
    size: Size,
    *,
    device: torch.device,
    dtype: torch.dtype,
    logits: torch.dtype,
    seed: int,
    checkpoint: bool,
    share: float,
    sample_seconds: float,
) -> tuple[World, dict[str, Any]]:
    """The world, and what the report says of model and batch."""
    model, learning = build(size, device, dtype, seed)
    inputs, origin = roll_out(model, size, seed, device, sample_seconds)
    world = World(
        model=model,
        learning=learning,
        optimiser=primed(torch.optim.AdamW(learning, lr=RATE, weight_decay=0.0)),
        size=size,
        inputs=inputs,
        other=model_inputs(size, seed + 1, device),
        fills=black_and_silent(device),
        logits=logits,
        checkpoint=checkpoint,
        share=share,
    )
    facts = {
        "model": {
            "parameters": sum(own.numel() for own in model.parameters()) - count(learning),
            "learning": count(learning),
            "text": size.text,
            "vision": size.vision,
            "audio": size.audio,
        },
        "batch": {
            **size.batch(),
            "video_tokens": batches.video_tokens(size),
            "audio_tokens": batches.audio_tokens(size.clip.audio_frames),
            "evidence": share,
            "completions": origin,
        },
    }
    return world, facts


def count(parameters: list[torch.nn.Parameter]) -> int:
    """Numbers in them."""
    return sum(own.numel() for own in parameters)


def primed(optimiser: torch.optim.Optimizer) -> torch.optim.Optimizer:
    """With its state made, so that the first contender's memory has it as well."""
    for group in optimiser.param_groups:
        for parameter in group["params"]:
            parameter.grad = torch.zeros_like(parameter)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    return optimiser


def black_and_silent(device: torch.device) -> Fills:
    """What a hidden stream is without a processor at hand."""
    pixels = batches.TEMPORAL_PATCH * batches.PATCH**2
    return Fills(torch.tensor(BLACK, device=device).repeat_interleave(pixels), SILENCE)
