"""Completions: sampled from the model itself, so that log-probs are those of a policy's own words."""

from __future__ import annotations

from typing import Any

import torch

from .batch import complete, model_inputs
from .sizes import Size


def roll_out(model: Any, size: Size, seed: int, device: torch.device, max_seconds: float) -> tuple[dict[str, Any], str]:
    """Inputs with completions, and where these come from. What sampling did not give is filled with random tokens:
    neither time nor memory of a step depends on it.
    """
    prompts = model_inputs(size, seed, device)
    draw = torch.Generator().manual_seed(seed + 1)
    filler = torch.randint(size.tokens.text, (size.rows, size.completion), generator=draw).to(device)
    try:
        sampled = sample(model, size, prompts, max_seconds)
    except Exception as error:  # noqa: BLE001
        return complete(prompts, filler), f"random tokens: sampling failed ({type(error).__name__}: {error})"
    got = sampled.shape[1]
    completions = torch.cat([sampled, filler[:, got:]], 1)
    origin = "sampled from the model"
    if got < size.completion:
        origin += f", the last {size.completion - got} tokens random: sampling was given {max_seconds:.0f} s"
    return complete(prompts, completions), origin


def sample(model: Any, size: Size, prompts: dict[str, Any], max_seconds: float) -> torch.Tensor:
    """Up to `completion` ordinary tokens a row, at temperature 1."""
    from transformers import GenerationConfig

    media = list(range(size.tokens.text, size.text["vocab_size"]))
    options = GenerationConfig(
        max_new_tokens=size.completion,
        do_sample=True,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        suppress_tokens=media,
        pad_token_id=0,
        max_time=max_seconds,
    )
    model.eval()
    try:
        with torch.no_grad():
            ids = model.generate(**prompts, generation_config=options)
    finally:
        model.train()
    return ids[:, size.prompt :]
