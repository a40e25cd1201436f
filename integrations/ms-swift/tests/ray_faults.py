"""Faults of a Ray run, one by one, through the real driver and loss: `python ray_faults.py 0 1 PORT FOLDER`.

Prints {"case", "code"} for each: the code of the refusal, or null where nothing was said.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import ray_rank as world
import torch
from fakes import FakeService
from swift.infer_engine.protocol import (
    ChatCompletionResponse,
    ChatCompletionResponseChoice,
    ChatMessage,
    RolloutOutput,
    UsageInfo,
)

from oppo_swift.controller import ControllerState
from oppo_swift.errors import OppoSwiftError
from oppo_swift.guard import watch

GROUP = SimpleNamespace(dp_size=1)
Fault = Callable[[Any, list[Any]], None]


def collate(driver: Any, samples: list[Any]) -> Any:
    driver.encode_rollout_batch(samples)
    return driver._collate_for_workers(GROUP, samples)


def sound(driver: Any, samples: list[Any]) -> None:
    collate(driver, samples)
    assert driver._oppo_metrics["oppo/claims"] == 2.0


def media_token_sampled(driver: Any, samples: list[Any]) -> None:
    samples[1].response_token_ids[0][0] = driver._preparer._media.audio
    collate(driver, samples)


def all_empty(driver: Any, samples: list[Any]) -> None:
    for sample in samples:
        sample.response_token_ids = [sample.response_token_ids[0][-1:]]
    collate(driver, samples)


def trained_ids_differ(driver: Any, samples: list[Any]) -> None:
    driver.encode_rollout_batch(samples)
    samples[2].response_token_ids[0][0] += 1
    driver._collate_for_workers(GROUP, samples)


def prompt_differs(driver: Any, samples: list[Any]) -> None:
    """A rollout server whose prompt was 7 tokens long."""
    outputs = []
    for sample in samples:
        (ids,) = sample.response_token_ids
        message = ChatMessage(role="assistant", content=sample.messages[-1]["content"])
        choice = ChatCompletionResponseChoice(index=0, message=message, finish_reason="stop", token_ids=ids)
        usage = UsageInfo(prompt_tokens=7, completion_tokens=len(ids), total_tokens=7 + len(ids))
        outputs.append(RolloutOutput(response=ChatCompletionResponse(model="m", choices=[choice], usage=usage)))
    collate(driver, driver._postprocess_rollout(samples, outputs))


def sampler_differs(driver: Any, samples: list[Any]) -> None:
    for sample in samples:
        sample.rollout_logprobs = [[-1.0] * len(sample.response_token_ids[0])]
    _, batches = collate(driver, samples)
    for batch in batches:
        batch.old_per_token_logps = torch.full(batch.completion_mask.shape, -3.0)
    driver._scatter_advantages(batches, torch.zeros(len(samples)))


def teacher_column(driver: Any, samples: list[Any]) -> None:
    samples[0].teacher_prompt = "You are told that she is sad."
    collate(driver, samples)


def uneven_micro_batches(driver: Any, samples: list[Any]) -> None:
    driver.args.micro_batch_size = 3
    collate(driver, samples)


def constant_reward(driver: Any, samples: list[Any]) -> None:
    driver.reward_funcs = [lambda completions, **_: [1.0] * len(completions)]
    for _ in range(driver._settings.guards.constant_reward_groups // 2):
        driver.score_completions(samples)


def never_ends(driver: Any, samples: list[Any]) -> None:
    driver._watch.clipped_steps = watch.CLIPPED_STEPS - 1
    for sample in samples:
        sample.finish_reason = "length"
    collate(driver, samples)


class Steps:
    """A train group whose steps have no gradient; ms-swift's loop, cut down to them, runs on it."""

    dp_size, iteration = 1, 0

    def train_step(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        self.iteration += 1
        return [{"iteration": self.iteration, "grad_norm": 0.0}]


def loop(driver: Any, iteration: int) -> None:
    """The trainer's own `_train_loop` around a loop that only steps."""
    from swift.ray.megatron.grpo_trainer import GRPOTrainer

    def steps(_: Any, group: Any, last: int, now: int) -> int:
        while now < last:
            (result,) = group.train_step([])
            now = result["iteration"]
        return now

    original, GRPOTrainer._train_loop = GRPOTrainer._train_loop, steps
    try:
        driver._train_loop(Steps(), max(5, iteration), iteration)
    finally:
        GRPOTrainer._train_loop = original


def no_gradient(driver: Any, _: list[Any]) -> None:
    driver.args.logging_steps = 1
    loop(driver, 0)


def resumed(driver: Any, _: list[Any]) -> None:
    """The state after the step from which training resumes comes back."""
    driver.args.logging_steps = 100
    driver._controller = ControllerState(phase="armed", baseline=9.0)
    driver.stepped([{"iteration": 40}])
    driver._controller = ControllerState()
    loop(driver, 40)
    assert driver._turn == 40 and driver._controller.baseline == 9.0


def resumed_without_state(driver: Any, _: list[Any]) -> None:
    from dataclasses import replace

    loss = driver._settings.loss
    controller = replace(loss.controller, enabled=True)
    driver._settings = replace(driver._settings, loss=replace(loss, controller=controller))
    loop(driver, 77)


def nothing_encodes(driver: Any, _: list[Any]) -> None:
    rows = list(driver._data_info["train_dataset"])
    driver.template.max_length = 5
    driver._resample_iter = iter(lambda: rows[:2], None)
    driver._resample_failed_prompts(rows[:2])


def one_clip_to_swap(driver: Any, samples: list[Any]) -> None:
    for sample in samples:
        sample.extra["clip_id"] = "same"
    collate(driver, samples)


FAULTS: list[Fault] = [
    sound,
    media_token_sampled,
    all_empty,
    trained_ids_differ,
    prompt_differs,
    sampler_differs,
    teacher_column,
    uneven_micro_batches,
    constant_reward,
    never_ends,
    no_gradient,
    resumed,
    resumed_without_state,
    nothing_encodes,
]


def said(act: Callable[[], Any]) -> str | None:
    try:
        act()
    except OppoSwiftError as error:
        return error.code
    return None


def show(case: str, code: str | None) -> None:
    print("RESULT " + json.dumps({"case": case, "code": code}), flush=True)


def on_the_worker(model: Any, info: dict[str, Any]) -> None:
    """A driver that is not OPPO's, and weights that are no numbers any more."""
    driver, loss = world.make_driver(info), world.make_loss(info["_driver_args"])
    mine = world.collated(driver)[0]
    world.old_logps(loss, model, mine)
    bare = [{**own, "grpo_batch": SimpleNamespace(oppo=None)} for own in mine]
    show("no_evidence", said(lambda: loss.forward_step(iter(bare), model)))
    with torch.no_grad():
        model.inner.thinker.lm_head.weight.fill_(float("nan"))
    show("not_a_number", said(lambda: world.train(loss, model, mine)))


def main() -> None:
    model = world.begin()
    with FakeService(world.evidence) as service:
        world.configure(service.url, "blank")
        info = world.data_info(False, 2)
        micro_batch, length = info["_driver_args"].micro_batch_size, info["template"].max_length
        for fault in FAULTS:
            info["_driver_args"].micro_batch_size, info["template"].max_length = micro_batch, length
            driver = world.make_driver(info)
            samples = world.rollouts(driver.template)
            show(fault.__name__, said(lambda fault=fault, own=driver, rows=samples: fault(own, rows)))
        info["template"].max_length = length
        on_the_worker(model, info)
        world.configure(service.url, "swap")
        driver = world.make_driver(info)
        show("one_clip_to_swap", said(lambda: one_clip_to_swap(driver, world.rollouts(driver.template))))
    os._exit(0)


if __name__ == "__main__":
    main()
