"""KL divergence between two passes over the whole vocabulary, a chunk of positions at a time.

With p = softmax(z_p / T) and q = softmax(z_q / T), K = KL(p || q) = sum_v p_v (log p_v - log q_v), nats:

    dK/dz_p = p (log p - log q - K) / T        dK/dz_q = (q - p) / T

Both need log p, log q and K alone, so nothing of the size of the vocabulary is kept between forward and backward but
the rows that the caller has anyway.

Memory, V words, chunks of C positions, n positions in all, 4 bytes a number (8 if a row is float64):

- forward: beyond the rows, at most WORKING_ROWS * C * V * 4 bytes at any time, whatever n is: log p - log q, p, a row
  being normalised and its exponentials;
- backward on logits: the same, and the gradients themselves, n * V numbers of the rows' own dtype for each pass that
  learns, which autograd hands on and no method avoids; where the full pass's rows are compared with two masked passes,
  its gradient exists twice until autograd has summed it;
- with a head (hidden states and a callable that makes logits of them): logits of C positions at a time, made again in
  backward, so at most (WORKING_ROWS + HEAD_ROWS) * C * V * 4 bytes, without any term in n * V: on top of the working
  rows come logits of a chunk in the head's dtype, and their gradients, for both passes. A head that learns has a
  gradient of its own size besides.

For Qwen2.5-Omni (V = 152,064) and the default C, [C, V] is 19 MB: counted over forward and backward with a bfloat16
head, at most 117 MB at 64 positions as at any number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint

from .sample import Rows

# Positions that are worked on at once.
CHUNK = 32
# Tensors of [chunk, V] in working precision that exist at once, at most; tests/test_whole.py counts them.
WORKING_ROWS = 4
# With a head: logits of both passes, and a gradient on each.
HEAD_ROWS = 4

Head = Callable[[torch.Tensor], torch.Tensor]


def whole_kl(
    full: Rows,
    masked: Rows,
    tokens: list[int],
    *,
    masked_gradient: bool = True,
    chunk: int = CHUNK,
) -> torch.Tensor:
    """KL(full || masked) at `tokens`, nats, [tokens]; float32, or float64 if rows are. Gradient to both, or full alone.

    tokens: at least one, each among the positions of both passes (KeyError if not). Memory: see the module.
    """
    p_rows, q_rows = rows_at(full, tokens), rows_at(masked, tokens)
    q_values = masked.values if masked_gradient else masked.values.detach()
    temperatures = (full.temperature, masked.temperature)
    if full.head is None and masked.head is None:
        return _WholeKl.apply(full.values, q_values, p_rows, q_rows, temperatures, chunk)
    p_head, q_head = full.head or _same, masked.head or _same
    if not masked_gradient:
        q_head = _without_graph(q_head)

    def part(p_states: torch.Tensor, q_states: torch.Tensor) -> torch.Tensor:
        p, q = p_head(p_states), q_head(q_states)
        every = list(range(len(p)))
        return _WholeKl.apply(p, q, every, every, temperatures, chunk)

    def checkpointed(at: slice) -> torch.Tensor:
        states = full.values[p_rows[at]], q_values[q_rows[at]]
        return checkpoint(part, *states, use_reentrant=False, preserve_rng_state=False)

    return torch.cat([checkpointed(at) for at in _chunks(len(tokens), chunk)])


def rows_at(rows: Rows, tokens: list[int]) -> list[int]:
    """Row of each token. Raises KeyError at a token without one."""
    places = {position: row for row, position in enumerate(rows.positions)}
    return [places[token] for token in tokens]


class _WholeKl(torch.autograd.Function):
    """KL of rows `p_rows` of p [n, V] and `q_rows` of q [m, V], both logits."""

    @staticmethod
    def forward(
        ctx: Any,
        p: torch.Tensor,
        q: torch.Tensor,
        p_rows: list[int],
        q_rows: list[int],
        temperatures: tuple[float, float],
        chunk: int,
    ) -> torch.Tensor:
        dtype = torch.float64 if torch.float64 in (p.dtype, q.dtype) else torch.float32
        ctx.save_for_backward(p, q)
        ctx.rest = (p_rows, q_rows, temperatures, chunk, dtype)
        values = p.new_zeros(len(p_rows), dtype=dtype)
        for at in _chunks(len(p_rows), chunk):
            ratio = _log_probs(p, p_rows[at], temperatures[0], dtype)
            chance = ratio.exp()
            ratio -= _log_probs(q, q_rows[at], temperatures[1], dtype)
            values[at] = _expected(chance, ratio)
        return values

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[Any, ...]:
        p, q = ctx.saved_tensors
        p_rows, q_rows, temperatures, chunk, dtype = ctx.rest
        on_p = torch.zeros_like(p) if ctx.needs_input_grad[0] else None
        on_q = torch.zeros_like(q) if ctx.needs_input_grad[1] else None
        for at in _chunks(len(p_rows), chunk):
            pulled = gradient[at].to(dtype).unsqueeze(1)
            ratio = _log_probs(p, p_rows[at], temperatures[0], dtype)
            chance = ratio.exp()
            log_q = _log_probs(q, q_rows[at], temperatures[1], dtype)
            ratio -= log_q
            if on_q is not None:
                slope = log_q.exp_().sub_(chance).mul_(pulled / temperatures[1])
                on_q.index_add_(0, _index(q_rows[at], q), slope.to(q.dtype))
                del slope
            del log_q
            if on_p is not None:
                ratio -= _expected(chance, ratio).unsqueeze(1)
                # 0 * inf where p rules a word out: it has no slope there.
                slope = ratio.mul_(chance).masked_fill_(chance == 0, 0.0).mul_(pulled / temperatures[0])
                on_p.index_add_(0, _index(p_rows[at], p), slope.to(p.dtype))
                del slope
            del ratio, chance
        return on_p, on_q, None, None, None, None


def _log_probs(logits: torch.Tensor, rows: list[int], temperature: float, dtype: torch.dtype) -> torch.Tensor:
    """Log-softmax of some rows, in one new tensor of working precision."""
    own = logits[_index(rows, logits)].to(dtype)
    if temperature != 1.0:
        own /= temperature
    own -= own.amax(1, keepdim=True)
    own -= own.exp().sum(1, keepdim=True).log()
    return own


def _expected(chance: torch.Tensor, ratio: torch.Tensor) -> torch.Tensor:
    """sum_v p_v (log p_v - log q_v); a word that p never says adds nothing."""
    return (chance * ratio).masked_fill_(chance == 0, 0.0).sum(1)


def _chunks(length: int, chunk: int) -> list[slice]:
    return [slice(start, start + chunk) for start in range(0, length, chunk)]


def _index(rows: list[int], like: torch.Tensor) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.long, device=like.device)


def _same(values: torch.Tensor) -> torch.Tensor:
    return values


def _without_graph(head: Head) -> Head:
    def made(states: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return head(states)

    return made
