"""Clock and memory of the device that is measured."""

from __future__ import annotations

import gc
import time
from typing import Any

import torch

GB = 1e9


def synchronise(device: torch.device) -> None:
    """Waits for what was started: kernels run on after the call that started them."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def now(device: torch.device) -> float:
    """Seconds, once everything that was started is done."""
    synchronise(device)
    return time.perf_counter()


def fresh(device: torch.device) -> None:
    """Gives cached memory back and forgets the last peak, so that what is held next is one contender's own."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)


def forget_peak(device: torch.device) -> None:
    """The next peak is that of what follows. Cached memory stays: to get it again would count as time of the step."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def peak_gb(device: torch.device) -> dict[str, float] | None:
    """Peak since `fresh` or `forget_peak`: what tensors took, and what PyTorch held for them, which after the latter
    includes what others left. None on a CPU: not measured there.
    """
    if device.type != "cuda":
        return None
    return {
        "allocated": torch.cuda.max_memory_allocated(device) / GB,
        "reserved": torch.cuda.max_memory_reserved(device) / GB,
    }


def allocated_gb(device: torch.device) -> float | None:
    """What tensors take now."""
    return torch.cuda.memory_allocated(device) / GB if device.type == "cuda" else None


def describe(device: torch.device) -> dict[str, Any]:
    """Name and memory of the device."""
    if device.type != "cuda":
        return {"name": "CPU", "memory_gb": None, "threads": torch.get_num_threads()}
    facts = torch.cuda.get_device_properties(device)
    return {"name": facts.name, "memory_gb": facts.total_memory / GB, "threads": torch.get_num_threads()}


def out_of_memory(error: BaseException) -> bool:
    """PyTorch's own error, or a library's (cuBLAS cannot allocate its workspace) in other words."""
    if isinstance(error, torch.cuda.OutOfMemoryError):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and ("out of memory" in text or "ALLOC_FAILED" in text)
