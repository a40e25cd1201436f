"""A Qwen2.5-Omni of random weights (under half a million parameters), made without any hub.

The classes, the processor, the token layout and the file layout are the real ones; only sizes are small.
`python tests/tiny_omni.py FOLDER swift-sft-train.jsonl` writes a checkpoint that ms-swift loads as `--model FOLDER`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    GenerationConfig,
    Qwen2_5OmniConfig,
    Qwen2_5OmniForConditionalGeneration,
    Qwen2_5OmniProcessor,
    Qwen2TokenizerFast,
    Qwen2VLImageProcessor,
    WhisperFeatureExtractor,
)
from transformers.models.qwen2_vl.video_processing_qwen2_vl import Qwen2VLVideoProcessor

HIDDEN = 64
VOCABULARY = 640
# The real extractor pads audio to 300 s; 30 keeps CPU tests short and changes no code path.
AUDIO_PAD_SEC = 30
# Random weights this large make the logits depend visibly on what is seen and heard.
INITIAL_STD = 0.15

MEDIA_TOKENS = {
    "image_token": "<|IMAGE|>",
    "audio_token": "<|AUDIO|>",
    "video_token": "<|VIDEO|>",
    "vision_bos_token": "<|vision_bos|>",
    "vision_eos_token": "<|vision_eos|>",
    "audio_bos_token": "<|audio_bos|>",
    "audio_eos_token": "<|audio_eos|>",
}
PAD, START, END, VISION_PAD = "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_pad|>"
SPECIAL = [PAD, START, END, *MEDIA_TOKENS.values(), VISION_PAD]
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
OTHER_TEXT = "user system assistant What emotion does this person feel? 他皱着眉头。\n"
# Warming up: random vectors stand where the prompt would, so that the text is learned whatever precedes it.
WARM_UP_STEPS, WARM_UP_PREFIX, WARM_UP_RATE = 150, 12, 5e-3
PICTURE = {
    "patch_size": 14,
    "temporal_patch_size": 2,
    "merge_size": 2,
    "min_pixels": 3136,
    "max_pixels": 12845056,
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
}


def build(folder: Path, texts: list[str], seed: int = 0) -> int:
    """Writes a checkpoint that babbles like `texts`, and returns its number of parameters."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(texts)
    torch.manual_seed(seed)
    model = Qwen2_5OmniForConditionalGeneration(_config(tokenizer))
    for parameter in model.parameters():
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=INITIAL_STD)
    _warm_up(model.thinker, tokenizer, texts)
    ids = {token: tokenizer.convert_tokens_to_ids(token) for token in SPECIAL}
    model.generation_config = GenerationConfig(
        eos_token_id=ids[END],
        pad_token_id=ids[PAD],
        suppress_tokens=[ids[token] for token in SPECIAL if token != END],
    )
    model.save_pretrained(folder)
    torch.save({}, folder / "spk_dict.pt")
    _processor(tokenizer).save_pretrained(folder)
    return sum(parameter.numel() for parameter in model.parameters())


def _warm_up(thinker: torch.nn.Module, tokenizer: Qwen2TokenizerFast, texts: list[str]) -> None:
    """Teaches the text part to begin like `texts`, so that completions make claims from the first step."""
    batch = tokenizer(["assistant\n" + text + END for text in texts], padding=True, return_tensors="pt")
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    shape = (len(texts), WARM_UP_PREFIX)
    attention = torch.cat([torch.ones(shape, dtype=torch.long), batch["attention_mask"]], 1)
    parameters = [*thinker.model.parameters(), *thinker.lm_head.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=WARM_UP_RATE)
    for _ in range(WARM_UP_STEPS):
        embedded = thinker.get_input_embeddings()(batch["input_ids"])
        prefix = torch.randn(*shape, HIDDEN) * embedded.detach().std()
        hidden = thinker.model(
            inputs_embeds=torch.cat([prefix, embedded], 1), attention_mask=attention, use_cache=False
        ).last_hidden_state
        logits = thinker.lm_head(hidden[:, WARM_UP_PREFIX:-1])
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def _tokenizer(texts: list[str]) -> Qwen2TokenizerFast:
    bpe = Tokenizer(models.BPE())
    bpe.normalizer = normalizers.NFC()
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator([*texts, OTHER_TEXT] * 20, trainer)
    return Qwen2TokenizerFast(
        tokenizer_object=bpe,
        eos_token=END,
        pad_token=PAD,
        unk_token=None,
        bos_token=None,
        model_max_length=32768,
        extra_special_tokens=MEDIA_TOKENS,
        chat_template=TEMPLATE,
    )


def _config(tokenizer: Qwen2TokenizerFast) -> Qwen2_5OmniConfig:
    def token(text: str) -> int:
        return tokenizer.convert_tokens_to_ids(text)

    rope = {"rope_type": "default", "mrope_section": [2, 3, 3]}
    thinker = {
        "audio_config": {
            "num_mel_bins": 128,
            "encoder_layers": 1,
            "encoder_attention_heads": 4,
            "encoder_ffn_dim": 64,
            "d_model": 64,
            "max_source_positions": 1500,
            "n_window": 100,
            "output_dim": HIDDEN,
        },
        "vision_config": {
            "depth": 2,
            "hidden_size": 64,
            "intermediate_size": 64,
            "num_heads": 4,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "window_size": 112,
            "out_hidden_size": HIDDEN,
            "fullatt_block_indexes": [1],
        },
        "text_config": {
            "vocab_size": VOCABULARY,
            "hidden_size": HIDDEN,
            "intermediate_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": 32768,
            "rope_parameters": {**rope, "rope_theta": 1000000.0},
            "rope_scaling": {**rope, "type": "default"},
            "pad_token_id": token(PAD),
            "eos_token_id": token(END),
            "tie_word_embeddings": False,
        },
        "audio_token_index": token("<|AUDIO|>"),
        "image_token_index": token("<|IMAGE|>"),
        "video_token_index": token("<|VIDEO|>"),
        "audio_start_token_id": token("<|audio_bos|>"),
        "audio_end_token_id": token("<|audio_eos|>"),
        "vision_start_token_id": token("<|vision_bos|>"),
        "vision_end_token_id": token("<|vision_eos|>"),
        "vision_token_id": token(VISION_PAD),
        "position_id_per_seconds": 25,
        "seconds_per_chunk": 2,
        "pad_token_id": token(PAD),
    }
    config = Qwen2_5OmniConfig(thinker_config=thinker, enable_audio_output=False)
    config.architectures = ["Qwen2_5OmniForConditionalGeneration"]
    return config


def _processor(tokenizer: Qwen2TokenizerFast) -> Qwen2_5OmniProcessor:
    return Qwen2_5OmniProcessor(
        image_processor=Qwen2VLImageProcessor(**PICTURE),
        video_processor=video_processor(),
        feature_extractor=feature_extractor(),
        tokenizer=tokenizer,
        chat_template=TEMPLATE,
    )


def video_processor() -> Qwen2VLVideoProcessor:
    """Qwen2.5-Omni's, with its real numbers."""
    return Qwen2VLVideoProcessor(**PICTURE)


def feature_extractor() -> WhisperFeatureExtractor:
    """Qwen2.5-Omni's, but for the length it pads to."""
    return WhisperFeatureExtractor(
        feature_size=128,
        sampling_rate=16000,
        hop_length=160,
        n_fft=400,
        chunk_length=AUDIO_PAD_SEC,
        return_attention_mask=True,
        padding_side="right",
    )


def cold_start_texts(path: Path) -> list[str]:
    """Assistant turns of a swift-sft-*.jsonl."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [row["messages"][-1]["content"] for row in rows]


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), cold_start_texts(Path(sys.argv[2]))), "parameters")
