"""Time and memory of a training step: plain GRPO, our loss, and the Omni-Perception Loss as printed.

    python integrations/ms-swift/measure/step_cost.py --out step-cost        # on one GPU, at most 8 minutes
    python integrations/ms-swift/measure/step_cost.py --trace                # memory counted on any machine

Needs torch, transformers and this checkout; no ms-swift, no download, no data: random weights at the shapes of
Qwen2.5-Omni-7B with LoRA, random media. Writes step-cost.json and step-cost.md after every round.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# Nothing is downloaded; a machine without a network shall not wait for one either.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

try:
    import torch
    import transformers
except ModuleNotFoundError as missing:
    sys.exit(f"step_cost: {missing.name} is not installed: pip install torch transformers")

from measure import device as devices
from measure.contenders import Contender, contenders
from measure.precision import compare
from measure.report import FORMAT, rows_of, traced, write
from measure.rounds import Budget, Run, described, measure
from measure.sizes import SIZES
from measure.step import World, step
from measure.traced import trace, weights_gb
from measure.world import make_world

DTYPES = {"bfloat16": torch.bfloat16, "float32": torch.float32}
# For converting the weights and three forwards in float32, as a multiple of a plain step; at least; at most of all.
RESERVE_STEPS, RESERVE_SECONDS, RESERVE_SHARE = 12, 20.0, 0.25


def main(argv: Sequence[str] | None = None) -> int:
    """0 if everything was measured or did not fit; 1 if something failed in another way."""
    options = parse(argv)
    budget = Budget(options.minutes * 60)
    device = torch.device(options.device)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    chosen = tuple(own for own in contenders() if not options.only or own.name in options.only)
    if options.trace:
        size = SIZES[options.size]
        print(traced(trace(size, chosen, DTYPES[options.logits], options.evidence), weights_gb(size), chosen))
        return 0
    try:
        world, facts = make_world(
            SIZES[options.size],
            device=device,
            dtype=DTYPES[options.dtype],
            logits=DTYPES[options.logits],
            seed=options.seed,
            checkpoint=not options.no_checkpointing,
            share=options.evidence,
            sample_seconds=options.sample_seconds,
        )
    except ImportError as error:
        cure = 'pip install "transformers>=4.57"'
        print(
            f"step_cost: transformers {transformers.__version__} has no Qwen2.5-Omni ({error}); {cure}", file=sys.stderr
        )
        return 1
    except RuntimeError as error:
        status, message = described(error)
        print(f"step_cost: the model was not made, {status}: {message}", file=sys.stderr)
        return 1
    data = {**header(options, device), **facts, "model_gb": devices.allocated_gb(device)}
    return run(world, chosen, options, budget, data)


def run(
    world: World, chosen: tuple[Contender, ...], options: argparse.Namespace, budget: Budget, data: dict[str, Any]
) -> int:
    """Rounds, then the comparison with float32; what is known is written after each."""
    device, out = torch.device(options.device), Path(options.out)
    data["precision"] = {"message": "not compared yet" if options.float32 else "not asked for"}

    def save(so_far: Run) -> None:
        data["budget"] = {
            "minutes": options.minutes,
            "used_seconds": budget.used(),
            "rounds": so_far.rounds,
            "rounds_wanted": options.rounds,
            "stopped": so_far.stopped,
        }
        data["contenders"] = rows_of(so_far, chosen)
        write(out, data)

    def after_round(so_far: Run) -> None:
        first = so_far.records[0]
        known = [own for own in (first.warm_up, *first.seconds) if own is not None]
        if options.float32 and known:
            # A first step loads kernels: later ones say better what the comparison will take.
            budget.reserve = min(max(RESERVE_SECONDS, RESERVE_STEPS * min(known)), budget.seconds * RESERVE_SHARE)
        save(so_far)
        print(f"step_cost: round {so_far.rounds} of {options.rounds}, {budget.used():.0f} s", file=sys.stderr)

    found = measure([own.name for own in chosen], stepper(world, chosen), device, budget, options.rounds, after_round)
    if options.float32:
        data["precision"] = precision(world, chosen, device, budget)
    save(found)
    print(out.with_name(out.name + ".md").read_text(encoding="utf-8"))
    statuses = [record.status for record in found.records] + [data["precision"].get("status")]
    return 1 if "failed" in statuses else 0


def stepper(world: World, chosen: tuple[Contender, ...]) -> Callable[[str], dict[str, float]]:
    """A contender's step by its name. Gradients are freed whatever happens in it."""
    named = {own.name: own for own in chosen}

    def make(name: str) -> dict[str, float]:
        try:
            outcome = step(world, named[name])
        finally:
            world.optimiser.zero_grad(set_to_none=True)
        return {"loss": outcome.loss, "grpo": outcome.grpo, "term": outcome.term, **outcome.values}

    return make


def precision(world: World, chosen: tuple[Contender, ...], device: torch.device, budget: Budget) -> dict[str, Any]:
    """The comparison, or why there is none."""
    masked = next((own for own in chosen if own.masks is not None and own.masks.schedule == "both"), None)
    if masked is None:
        return {"message": "not compared: no contender has both masked passes"}
    if budget.used() > budget.seconds:
        return {"message": f"not compared: the time was up ({budget.used():.0f} s used)"}
    devices.fresh(device)
    try:
        return compare(world, masked)
    except Exception as error:  # noqa: BLE001
        status, message = described(error)
    return {"status": status, "message": f"not compared, {status}: {message}"}


def header(options: argparse.Namespace, device: torch.device) -> dict[str, Any]:
    """What was asked for, and on what."""
    return {
        "format": FORMAT,
        "size": options.size,
        "seed": options.seed,
        "dtype": options.dtype,
        "logits": options.logits,
        "checkpointing": "no gradient checkpointing" if options.no_checkpointing else "gradient checkpointing",
        "device": devices.describe(device),
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "cuda": torch.version.cuda,
        },
    }


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Options; refuses what cannot work before a model is made."""
    names = [own.name for own in contenders()]
    parser = argparse.ArgumentParser(prog="step_cost.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", choices=sorted(SIZES), default="7b", help="7b; tiny only tries the script")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--minutes", type=float, default=8.0, help="no step is begun that may end later")
    parser.add_argument("--rounds", type=int, default=7, help="steps of each contender, besides a warm-up")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", choices=names, help="this contender; may be given again")
    parser.add_argument("--dtype", choices=sorted(DTYPES), default="bfloat16", help="of the weights")
    parser.add_argument("--logits", choices=sorted(DTYPES), default="bfloat16", help="and log-softmax")
    parser.add_argument("--evidence", type=float, default=0.5, help="share of clauses that are evidence")
    parser.add_argument("--no-checkpointing", action="store_true", help="keep the layers' activations")
    parser.add_argument("--no-float32", dest="float32", action="store_false", help="leave that comparison out")
    parser.add_argument("--trace", action="store_true", help="count memory on tensors without data; needs no GPU")
    parser.add_argument("--sample-seconds", type=float, default=60.0, help="for sampling completions")
    parser.add_argument("--out", default="step-cost", help="writes OUT.json and OUT.md")
    options = parser.parse_args(argv)
    if options.size == "7b" and options.device == "cpu" and not options.trace:
        parser.error("size 7b needs a GPU; --size tiny tries the script on a CPU, --trace counts memory without one")
    if options.trace and (options.no_checkpointing or options.dtype != "bfloat16"):
        parser.error("--trace counts bfloat16 weights with gradient checkpointing alone")
    if options.device == "cuda" and not torch.cuda.is_available():
        parser.error("no CUDA device is visible to torch; --device cpu --size tiny tries the script")
    if not 0 < options.evidence <= 1:
        parser.error("--evidence must be above 0 and at most 1")
    if options.minutes <= 0 or options.rounds < 1:
        parser.error("--minutes must be above 0 and --rounds at least 1")
    if not Path(options.out).resolve().parent.is_dir():
        parser.error(f"--out: the folder {Path(options.out).resolve().parent} does not exist")
    return options


if __name__ == "__main__":
    sys.exit(main())
