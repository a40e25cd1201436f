"""The result as JSON and as a page with tables."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .contenders import PLAIN, Contender
from .rounds import Record, Run, summary

FORMAT = "oppo-step-cost-1"


def rows_of(run: Run, contenders: tuple[Contender, ...]) -> list[dict[str, Any]]:
    """A record of each contender, with its ratio to plain GRPO where both were measured."""
    plain = next((record for record in run.records if record.name == PLAIN), None)
    return [row_of(record, own, plain) for record, own in zip(run.records, contenders, strict=True)]


def row_of(record: Record, contender: Contender, plain: Record | None) -> dict[str, Any]:
    seconds = summary(record.seconds)
    base = summary(plain.seconds) if plain is not None else None
    beyond = None
    if record.peak is not None and plain is not None and plain.peak is not None and record.alive:
        beyond = record.peak["allocated"] - plain.peak["allocated"]
    return {
        "name": contender.name,
        "what": contender.what,
        "status": record.status,
        "message": record.message,
        "forwards_expected": contender.forwards(),
        "warm_up_seconds": record.warm_up,
        "seconds": seconds,
        "steps": record.seconds,
        "ratio": seconds["median"] / base["median"] if seconds and base else None,
        "peak_gb": record.peak,
        "beyond_plain_gb": beyond,
        "values": record.values,
    }


def write(out: Path, data: dict[str, Any]) -> None:
    """`out`.json and `out`.md, each whole or not at all: a run that is killed leaves its last whole round."""
    for suffix, text in ((".json", json.dumps(data, indent=1) + "\n"), (".md", markdown(data))):
        path = out.with_name(out.name + suffix)
        part = out.with_name(out.name + suffix + ".part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)


def markdown(data: dict[str, Any]) -> str:
    """The same, to be read."""
    parts = [heading(data), costs(data["contenders"])]
    if data["budget"]["stopped"]:
        parts.append(f"Not all rounds were measured: {data['budget']['stopped']}.")
    parts.append(precision(data["precision"]))
    return "\n\n".join(parts) + "\n"


def heading(data: dict[str, Any]) -> str:
    batch, model, versions = data["batch"], data["model"], data["versions"]
    device, budget = data["device"], data["budget"]
    memory = f" of {device['memory_gb']:.0f} GB" if device["memory_gb"] else ""
    scale = "" if data["size"] == "7b" else f"**Size {data['size']}: says that the script works, nothing of cost.** "
    return (
        f"# Cost of a training step\n\n{scale}{device['name']}{memory}, torch {versions['torch']}, transformers "
        f"{versions['transformers']}, seed {data['seed']}. Random weights in {data['dtype']} at the shapes of "
        f"`{data['size']}`: {model['parameters'] / 1e9:.2f} billion parameters, LoRA rank {batch['rank']} on the text "
        f"model's linear layers ({model['learning'] / 1e6:.1f} million); {data['checkpointing']}; logits in "
        f"{data['logits']}. A micro-step of {batch['rows']} completions of {batch['completion']} tokens "
        f"({batch['completions']}) after {batch['prompt']} of prompt: {batch['video_tokens']} of video, "
        f"{batch['audio_tokens']} of sound, the rest text; {batch['evidence']:.0%} of the clauses are evidence. "
        f"{budget['rounds']} rounds of {budget['rounds_wanted']}, {budget['used_seconds']:.0f} s."
    )


def costs(rows: list[dict[str, Any]]) -> str:
    lines = [
        "| | seconds a step, median (min to max) | ratio to plain GRPO | forwards, ratio expected "
        "| peak GB, tensors (held) | GB beyond plain |",
        "|---|---|---|---|---|---|",
    ]
    base = next((row["forwards_expected"] for row in rows if row["name"] == PLAIN), None)
    for row in rows:
        expected = f"{row['forwards_expected']}" + (f", {row['forwards_expected'] / base:.2f}" if base else "")
        lines.append(
            f"| {row['name']}: {row['what']} | {seconds(row)} | {decimal(row['ratio'])} | {expected} "
            f"| {memory(row['peak_gb'])} | {decimal(row['beyond_plain_gb'])} |"
        )
    return "\n".join(lines)


def seconds(row: dict[str, Any]) -> str:
    own = row["seconds"]
    if own is None:
        warm_up = f" (warm-up {row['warm_up_seconds']:.3f})" if row["warm_up_seconds"] is not None else ""
        return row["status"] + warm_up + (f": {row['message']}" if row["message"] else "")
    text = f"{own['median']:.3f} ({own['min']:.3f} to {own['max']:.3f}, {own['steps']} steps)"
    return text if row["status"] == "measured" else f"{text}, then {row['status']}: {row['message']}"


def memory(peak: dict[str, float] | None) -> str:
    return "not measured" if peak is None else f"{peak['allocated']:.1f} ({peak['reserved']:.1f})"


def decimal(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def traced(found: dict[str, dict[str, float]], weights_gb: float, contenders: tuple[Contender, ...]) -> str:
    """Counted allocations as a page. weights_gb: of the whole model, encoders included."""
    lines = [
        "Memory of a step, counted on tensors without data at full size: **not measured**. What a GPU's libraries take "
        "besides, encoders' activations and media are not in it.\n",
        "| | GB: weights, adapters, Adam | the step's own peak | sum | beyond plain GRPO |",
        "|---|---|---|---|---|",
    ]
    base = found.get(PLAIN, {}).get("step")
    for own in contenders:
        at = found[own.name]
        resting = weights_gb + at["adapters"]
        beyond = "" if base is None else f"{at['step'] - base:.2f}"
        lines.append(
            f"| {own.name}: {own.what} | {resting:.2f} | {at['step']:.2f} | {resting + at['step']:.2f} | {beyond} |"
        )
    return "\n".join(lines) + "\n"


def precision(data: dict[str, Any]) -> str:
    if "message" in data:
        return f"bfloat16 against float32: {data['message']}."
    lines = [
        "Log-probs in bfloat16 against the same weights in float32. Ratio: exp(l − l in float32); clipped: share of "
        "ratios beyond 1 ± 0.2 by rounding alone; drop: change of log-prob when a stream is hidden.\n",
        "| route | tokens | mean l | difference, max (mean) | ratio, min to max (mean error) | clipped |",
        "|---|---|---|---|---|---|",
    ]
    for route, found in data["routes"].items():
        for tokens in ("own tokens", "likeliest tokens"):
            own = found[tokens]
            lines.append(
                f"| {route} | {tokens} | {own['log_prob_mean']:.2f} | {own['difference_max']:.4f} "
                f"({own['difference_mean']:.4f}) | {own['ratio_min']:.3f} to {own['ratio_max']:.3f} "
                f"({own['ratio_error_mean']:.4f}) | {own['clipped']:.2%} |"
            )
    lines += ["", "| route | hidden | mean of the drop's size | difference, max (mean) |", "|---|---|---|---|"]
    for route, found in data["routes"].items():
        for stream, own in found["drops"].items():
            lines.append(
                f"| {route} | {stream} | {own['drop_mean']:.4f} | {own['difference_max']:.4f} "
                f"({own['difference_mean']:.4f}) |"
            )
    lines += [
        "",
        "| KL over the vocabulary, hidden | mean in float32 | mean in bfloat16 | difference, max (mean) |",
        "|---|---|---|---|",
    ]
    for stream, own in data["divergences"].items():
        lines.append(
            f"| {stream} | {own['mean']:.4f} | {own['mean_in_bfloat16']:.4f} | {own['difference_max']:.4f} "
            f"({own['difference_mean']:.4f}) |"
        )
    return "\n".join(lines)
