"""A Qwen2.5-Omni thinker of random weights, made on the device itself: nothing is downloaded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from .lora import add_lora
from .sizes import Size

# A logit's spread in units of sqrt(2 ln V), at which all of the probability would sit on a few tokens. At .92 an
# answer's entropy is a few nats, as a language model's; random weights as they come would be near ln V.
PEAKEDNESS = 0.92


def thinker_config(size: Size) -> Any:
    """transformers' own configuration of the model."""
    from transformers.models.qwen2_5_omni.configuration_qwen2_5_omni import Qwen2_5OmniThinkerConfig

    rope = {"rope_type": "default", "mrope_section": size.rope["mrope_section"]}
    tokens = size.tokens
    text = {
        **size.text,
        "max_position_embeddings": 32768,
        "tie_word_embeddings": False,
        # Newer versions read rope_parameters, older ones rope_theta and rope_scaling.
        "rope_parameters": {**rope, "rope_theta": size.rope["rope_theta"]},
        "rope_theta": size.rope["rope_theta"],
        "rope_scaling": {**rope, "type": "default"},
    }
    config = Qwen2_5OmniThinkerConfig(
        text_config=text,
        vision_config=size.vision,
        audio_config=size.audio,
        audio_token_index=tokens.audio,
        video_token_index=tokens.video,
        image_token_index=tokens.image,
        audio_start_token_id=tokens.audio_start,
        audio_end_token_id=tokens.audio_end,
        position_id_per_seconds=25,
        seconds_per_chunk=2,
        tie_word_embeddings=False,
    )
    # Read by get_rope_index, but no argument of the class in some versions.
    config.vision_start_token_id, config.vision_end_token_id = tokens.vision_start, tokens.vision_end
    return config


def build(size: Size, device: torch.device, dtype: torch.dtype, seed: int) -> tuple[Any, list[nn.Parameter]]:
    """The thinker with LoRA, in training mode, and the parameters that learn (float32)."""
    from transformers import Qwen2_5OmniThinkerForConditionalGeneration

    config = thinker_config(size)
    config._attn_implementation = "sdpa"
    torch.manual_seed(seed)
    with default_dtype(dtype), device:
        model = Qwen2_5OmniThinkerForConditionalGeneration(config)
        peaked = PEAKEDNESS * math.sqrt(2 * math.log(size.text["vocab_size"]) / size.text["hidden_size"])
        nn.init.normal_(model.lm_head.weight, std=peaked)
        learning = add_lora(model, model.model, size.rank, size.alpha)
    return model.train(), learning


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    """Layers made inside have weights of `dtype`."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@contextmanager
def checkpointing(model: Any, wanted: bool) -> Iterator[None]:
    """Layers recomputed in the backward pass, as `--gradient_checkpointing true` does, or kept."""
    if wanted:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    try:
        yield
    finally:
        if wanted:
            model.gradient_checkpointing_disable()
