"""The embedded policy's transformer (src/policy/embedded/model.ts), layer for layer, in PyTorch.

Dimension words: P prompts, G completions of each, T completion tokens, S prefix tokens, H heads,
K width of a head. Parameters keep the names and layouts of the policy's checkpoint, so that its
`model.safetensors` loads as it is.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Block(nn.Module):
    """Pre-norm attention and ReLU MLP."""

    def __init__(self, width: int, heads: int, head_width: int):
        super().__init__()
        self.heads = heads
        self.head_width = head_width
        inner = heads * head_width
        self.attention = nn.ParameterDict(
            {
                "norm": torch.ones(width),
                "qkv": torch.empty(width, 3 * inner),
                "out": torch.empty(inner, width),
            }
        )
        self.mlp = nn.ParameterDict(
            {
                "norm": torch.ones(width),
                "up": torch.empty(width, 4 * width),
                "down": torch.empty(4 * width, width),
            }
        )

    def queries_keys_values(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[B, tokens, width] to three of [B, H, tokens, K]."""
        batch, tokens, _ = x.shape
        qkv = rms_norm(x, self.attention["norm"]) @ self.attention["qkv"]
        return qkv.view(batch, tokens, 3, self.heads, self.head_width).permute(2, 0, 3, 1, 4).unbind(0)

    def finish(self, x: Tensor, mixed: Tensor) -> Tensor:
        """Adds attention's output [B, H, tokens, K] and the MLP to the residual stream."""
        x = x + mixed.transpose(1, 2).flatten(2) @ self.attention["out"]
        raised = F.relu(rms_norm(x, self.mlp["norm"]) @ self.mlp["up"])
        return x + raised @ self.mlp["down"]


class OmniTransformer(nn.Module):
    """Prefix of media tokens that see each other, then causal completions that see the prefix."""

    def __init__(self, shape: dict):
        super().__init__()
        width, vocabulary = shape["width"], shape["vocabulary"]
        video, audio = shape["video"], shape["audio"]
        self.video = nn.ParameterDict({"weight": torch.empty(video["dim"], width)})
        self.audio = nn.ParameterDict({"weight": torch.empty(audio["dim"], width)})
        self.media = nn.ParameterDict(
            {"position": torch.empty(video["tokens"] + audio["tokens"], width)}
        )
        self.token = nn.ParameterDict({"embedding": torch.empty(vocabulary, width)})
        self.completion = nn.ParameterDict({"position": torch.empty(shape["maxTokens"], width)})
        self.layer = nn.ModuleList(
            Block(width, shape["heads"], shape["headWidth"]) for _ in range(shape["layers"])
        )
        self.final = nn.ParameterDict({"norm": torch.ones(width)})
        self.head = nn.ParameterDict({"weight": torch.empty(width, vocabulary)})

    def forward(
        self, video: Tensor, audio: Tensor, tokens: Tensor, targets: Tensor, sees: Tensor
    ) -> Tensor:
        """Log-probs [P, G, T] of `targets`.

        video [P, tokens, dim], audio [P, tokens, dim]; tokens [P, G, T] begin with BOS; `sees`
        [T, S + T] is 0 where a token sees a position and -inf elsewhere.
        """
        prompts, group, length = tokens.shape
        media = torch.cat([video @ self.video["weight"], audio @ self.audio["weight"]], 1)
        prefix = media + self.media["position"]
        x = F.embedding(tokens.flatten(0, 1), self.token["embedding"])
        x = x + self.completion["position"][:length]
        last = len(self.layer) - 1
        for index, block in enumerate(self.layer):
            queries, keys, values = block.queries_keys_values(prefix)
            if index < last:  # nothing reads the prefix after the last block
                mixed = F.scaled_dot_product_attention(queries, keys, values)
                prefix = block.finish(prefix, mixed)
            own_queries, own_keys, own_values = block.queries_keys_values(x)
            mixed = F.scaled_dot_product_attention(
                own_queries,
                torch.cat([each_completion(keys, group), own_keys], 2),
                torch.cat([each_completion(values, group), own_values], 2),
                attn_mask=sees,
            )
            x = block.finish(x, mixed)
        logits = rms_norm(x, self.final["norm"]) @ self.head["weight"]
        flat = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")
        return -flat.view(prompts, group, length)


def causal_after_prefix(prefix: int, length: int) -> Tensor:
    """[length, prefix + length]: every token sees the prefix, itself and what came before."""
    hidden = torch.full((length, length), float("-inf")).triu(1)
    return torch.cat([torch.zeros(length, prefix), hidden], 1)


def each_completion(shared: Tensor, group: int) -> Tensor:
    """[P, H, S, K] of the prompts to [P * G, H, S, K], one for each completion."""
    prompts = shared.shape[0]
    return shared.unsqueeze(1).expand(-1, group, -1, -1, -1).reshape(
        prompts * group, *shared.shape[1:]
    )


def rms_norm(x: Tensor, gain: Tensor) -> Tensor:
    return F.rms_norm(x, gain.shape, gain, 1e-5)
