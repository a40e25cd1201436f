"""Hugging Face `generate` with causal models of the policy's size."""

import torch
from transformers import (
    GenerationConfig,
    LlamaConfig,
    LlamaForCausalLM,
    OPTConfig,
    OPTForCausalLM,
    PreTrainedModel,
)

from training import milliseconds


def opt(shape: dict, positions: int) -> PreTrainedModel:
    """The nearest relative: learned positions, ReLU, an MLP of two products."""
    return OPTForCausalLM(
        OPTConfig(
            vocab_size=shape["vocabulary"],
            hidden_size=shape["width"],
            word_embed_proj_dim=shape["width"],
            ffn_dim=4 * shape["width"],
            num_hidden_layers=shape["layers"],
            num_attention_heads=shape["heads"],
            max_position_embeddings=positions,
            dropout=0.0,
            tie_word_embeddings=False,
        )
    )


def llama(shape: dict, positions: int) -> PreTrainedModel:
    """The usual choice. Its MLP has three products, so two thirds of the width keep the size."""
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=shape["vocabulary"],
            hidden_size=shape["width"],
            intermediate_size=8 * shape["width"] // 3,
            num_hidden_layers=shape["layers"],
            num_attention_heads=shape["heads"],
            head_dim=shape["headWidth"],
            max_position_embeddings=positions,
            tie_word_embeddings=False,
        )
    )


MODELS = {"opt": opt, "llama": llama}


class Generation:
    """Models are made once and kept. The prefix comes as embeddings, as media tokens do."""

    def __init__(self, shape: dict):
        self.shape = shape
        self.prefix = shape["video"]["tokens"] + shape["audio"]["tokens"]
        self.models: dict[str, PreTrainedModel] = {}

    def model(self, name: str) -> PreTrainedModel:
        if name not in self.models:
            torch.manual_seed(0)
            model = MODELS[name](self.shape, self.prefix + self.shape["maxTokens"]).eval()
            # no end token: every completion has the full length, as on the other side
            model.generation_config.eos_token_id = None
            self.models[name] = model
        return self.models[name]

    def time(
        self, name: str, prompts: int, group: int, tokens: int, warmups: int, repeats: int
    ) -> list[float]:
        """Milliseconds of sampling `group` completions of `tokens` tokens for each prompt."""
        model = self.model(name)
        embeddings = torch.randn(prompts, self.prefix, self.shape["width"])
        attention = torch.ones(prompts, self.prefix, dtype=torch.long)
        config = GenerationConfig(
            do_sample=True,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
            max_new_tokens=tokens,
            num_return_sequences=group,
            use_cache=True,
            eos_token_id=None,
            pad_token_id=0,
            bos_token_id=1,
        )

        def run() -> None:
            with torch.inference_mode():
                made = model.generate(
                    inputs_embeds=embeddings, attention_mask=attention, generation_config=config
                )
            if made.shape != (prompts * group, tokens):
                raise RuntimeError(f"generate made {tuple(made.shape)} tokens")

        for _ in range(warmups):
            run()
        return [milliseconds(run) for _ in range(repeats)]

    def parameters(self, name: str) -> int:
        return sum(parameter.numel() for parameter in self.model(name).parameters())
