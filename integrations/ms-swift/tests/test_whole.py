"""KL over the whole vocabulary in chunks: the values and slopes of plain autograd, in bounded memory."""

from __future__ import annotations

import weakref
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402
from torch.utils._pytree import tree_leaves  # noqa: E402

from oppo_swift.loss.sample import Rows  # noqa: E402
from oppo_swift.loss.whole import HEAD_ROWS, WORKING_ROWS, whole_kl  # noqa: E402

pytestmark = pytest.mark.swift
POSITIONS = (3, 4, 6, 9, 12, 13, 20)
TOKENS = [4, 6, 13, 20, 3]


def leaf(rows: int, width: int, seed: int, dtype: Any = torch.float64, scale: float = 2.0) -> Any:
    made = torch.randn(rows, width, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (scale * made).to(dtype).requires_grad_()


def plain_kl(p: Any, q: Any, temperature: float = 1.0) -> Any:
    """By the definition, with autograd through everything."""
    log_p, log_q = (torch.log_softmax(z / temperature, dim=1) for z in (p, q))
    return (log_p.exp() * (log_p - log_q)).sum(1)


def plain(p: Any, q: Any, weights: Any, temperature: float = 1.0) -> tuple[Any, Any, Any]:
    """Values and slopes by float64 autograd without chunks, from rows that need no graph yet."""
    p64, q64 = (values.detach().double().requires_grad_() for values in (p, q))
    rows = [POSITIONS.index(token) for token in TOKENS]
    values = plain_kl(p64[rows], q64[rows], temperature)
    (weights * values).sum().backward()
    return values.detach(), p64.grad, q64.grad


WEIGHTS = torch.tensor([0.3, -1.0, 2.0, 0.7, 1.1], dtype=torch.float64)


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_values_and_slopes_are_those_of_autograd_without_chunks(chunk: int, temperature: float) -> None:
    p, q = leaf(len(POSITIONS), 11, 1), leaf(len(POSITIONS), 11, 2)
    values = whole_kl(
        Rows(POSITIONS, p, temperature=temperature), Rows(POSITIONS, q, temperature=temperature), TOKENS, chunk=chunk
    )
    (WEIGHTS * values).sum().backward()
    wanted, on_p, on_q = plain(p, q, WEIGHTS, temperature)
    assert torch.allclose(values, wanted, rtol=0, atol=1e-12)
    assert torch.allclose(p.grad, on_p, rtol=0, atol=1e-12)
    assert torch.allclose(q.grad, on_q, rtol=0, atol=1e-12)


def test_slopes_are_those_of_finite_differences() -> None:
    p, q = leaf(3, 5, 3), leaf(3, 5, 4)

    def values(a: Any, b: Any) -> Any:
        return whole_kl(Rows((0, 1, 2), a), Rows((0, 1, 2), b), [0, 2], chunk=1)

    assert torch.autograd.gradcheck(values, (p, q))


@pytest.mark.parametrize("head", [False, True])
def test_without_masked_gradient_the_full_pass_alone_learns(head: bool) -> None:
    p, q = leaf(len(POSITIONS), 11, 5), leaf(len(POSITIONS), 11, 6)
    made = (lambda states: states * 1.0) if head else None
    values = whole_kl(
        Rows(POSITIONS, p, made), Rows(POSITIONS, q, made), TOKENS, masked_gradient=False, chunk=2
    )
    (WEIGHTS * values).sum().backward()
    _, on_p, _ = plain(p, q, WEIGHTS)
    assert q.grad is None
    assert torch.allclose(p.grad, on_p, rtol=0, atol=1e-12)


@pytest.mark.parametrize("masked_gradient", [True, False])
def test_hidden_states_with_a_head_that_learns(masked_gradient: bool) -> None:
    p, q, weight = leaf(len(POSITIONS), 4, 7), leaf(len(POSITIONS), 4, 8), leaf(11, 4, 9)
    head = lambda states: states @ weight.T  # noqa: E731
    values = whole_kl(
        Rows(POSITIONS, p, head), Rows(POSITIONS, q, head), TOKENS, masked_gradient=masked_gradient, chunk=2
    )
    (WEIGHTS * values).sum().backward()
    got = [p.grad, q.grad, weight.grad]
    p2, q2, weight2 = (own.detach().clone().requires_grad_() for own in (p, q, weight))
    rows = [POSITIONS.index(token) for token in TOKENS]
    masked = q2[rows] @ weight2.T
    wanted = plain_kl(p2[rows] @ weight2.T, masked if masked_gradient else masked.detach())
    (WEIGHTS * wanted).sum().backward()
    assert torch.allclose(values, wanted, rtol=0, atol=1e-12)
    for own, expected in zip(got, [p2.grad, q2.grad, weight2.grad], strict=True):
        assert (own is None) == (expected is None)
        assert own is None or torch.allclose(own, expected, rtol=0, atol=1e-12)


def test_bfloat16_rows_are_worked_on_in_float32() -> None:
    p, q = (leaf(len(POSITIONS), 3000, seed, torch.bfloat16) for seed in (10, 11))
    values = whole_kl(Rows(POSITIONS, p), Rows(POSITIONS, q), TOKENS, chunk=2)
    assert values.dtype == torch.float32
    (WEIGHTS.float() * values).sum().backward()
    wanted, on_p, on_q = plain(p, q, WEIGHTS)
    # float32 through 3,000 words; in bfloat16 the value itself would be off by 1e-2.
    assert torch.allclose(values.double(), wanted, rtol=2e-6, atol=0)
    for own, expected in ((p.grad, on_p), (q.grad, on_q)):
        assert own.dtype == torch.bfloat16
        # One rounding of the result, 8 bits.
        assert torch.allclose(own.double(), expected, rtol=2**-8, atol=1e-8)


def test_a_word_that_the_full_pass_rules_out_adds_nothing() -> None:
    p, q = torch.tensor([[0.0, 1.0, -torch.inf]]), torch.tensor([[0.5, 0.2, -torch.inf]])
    p.requires_grad_(), q.requires_grad_()
    values = whole_kl(Rows((0,), p), Rows((0,), q), [0])
    values.sum().backward()
    assert torch.allclose(values, plain_kl(p[:, :2], q[:, :2]))
    assert p.grad.isfinite().all() and q.grad.isfinite().all()
    assert p.grad[0, 2] == 0 and q.grad[0, 2] == 0


class Live(TorchDispatchMode):
    """Bytes of the tensors that operations made and that are still held: now, and at most."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = 0
        self._known: set[int] = set()

    def ignore(self, *tensors: Any) -> None:
        self._known |= {tensor.untyped_storage()._cdata for tensor in tensors}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, torch.Tensor):
                self._add(tensor.untyped_storage())
        self.peak = max(self.peak, self.now)
        return out

    def _add(self, storage: Any) -> None:
        key, size = storage._cdata, storage.nbytes()
        if key not in self._known:
            self._known.add(key)
            self.now += size
            weakref.finalize(storage, self._free, key, size)

    def _free(self, key: int, size: int) -> None:
        self._known.discard(key)
        self.now -= size


WIDTH, CHUNK = 4096, 4
ROW_BYTES = CHUNK * WIDTH * 4


def peaks(count: int, dtype: Any, head: bool) -> tuple[int, int]:
    """Most bytes held by what forward and backward made, beyond gradients of logits."""
    positions = tuple(range(count))
    width = 8 if head else WIDTH
    p, q = leaf(count, width, 12, dtype), leaf(count, width, 13, dtype)
    weight = leaf(WIDTH, width, 14, dtype, 0.1).detach()
    made = (lambda states: states @ weight.T) if head else None
    live = Live()
    live.ignore(p, q, weight)
    with live:
        values = whole_kl(Rows(positions, p, made), Rows(positions, q, made), list(positions), chunk=CHUNK)
        forward, live.peak = live.peak, live.now
        values.sum().backward()
    handed_on = 0 if head else 2 * count * WIDTH * p.element_size()
    return forward, live.peak - handed_on


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("head", [False, True])
def test_memory_is_bounded_by_the_chunk_whatever_the_positions(dtype: Any, head: bool) -> None:
    bound = (WORKING_ROWS + (HEAD_ROWS if head else 0)) * ROW_BYTES
    few, many = peaks(8, dtype, head), peaks(64, dtype, head)
    # Values, indices and hidden states: nothing of the vocabulary's size.
    small = 64 * 1024
    for forward, backward in (few, many):
        assert ROW_BYTES < forward <= bound + small
        assert ROW_BYTES < backward <= bound + small
    assert max(many) <= max(few) + small


def test_plain_autograd_would_break_that_bound() -> None:
    p, q = leaf(64, WIDTH, 12, torch.float32), leaf(64, WIDTH, 13, torch.float32)
    live = Live()
    live.ignore(p, q)
    with live:
        plain_kl(p, q).sum().backward()
    assert live.peak > 2 * (WORKING_ROWS + HEAD_ROWS) * ROW_BYTES
