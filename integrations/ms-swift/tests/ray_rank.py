"""One data-parallel rank of a Ray run on CPU, without Ray: `python ray_rank.py RANK RANKS PORT FOLDER [CASE ...]`.

Real: ms-swift's arguments, dataset, template, driver and GRPO loss, OPPO's driver and loss, Megatron's process groups,
vocabulary-parallel cross entropy and single steps of its schedule, the clips, pickling as Ray does it.
Stood in: mcore-bridge; the model (Hugging Face's thinker under the calling convention of Megatron's); the loop over
micro-batches and the average over ranks, which in Megatron need CUDA; the service (FakeService).
Prints one JSON object a case.
"""

from __future__ import annotations

import copy
import json
import os
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

RANK, RANKS, PORT = (int(part) for part in sys.argv[1:4])
FOLDER, CASES = Path(sys.argv[4]), sys.argv[5:]
os.environ.update(RANK=str(RANK), WORLD_SIZE=str(RANKS), LOCAL_RANK=str(RANK))
os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(PORT), OPPO_CONFIG=str(FOLDER / f"oppo-{RANK}.json"))

import torch  # noqa: E402
import torch.distributed as dist  # noqa: E402
from fakes import FakeService, settings_data, sha256  # noqa: E402

PLUGIN = Path(__file__).parents[1] / "oppo_swift_plugin.py"
GENERATIONS, CLIPS = 2, 2
RATIO = {"visual": "ratio", "acoustic": "ratio", "schedule": "both"}
SWAP = {"visual": "swap", "acoustic": "swap", "schedule": "both"}


def evidence(_: str, body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    """First half of each text is a visual claim, the second an acoustic one."""
    results = []
    for item in body["items"]:
        half, end = len(item["text"]) // 2, len(item["text"])
        claims = [
            {"modality": name, "start": start, "end": stop, "repeated": False, "onset": True, "match": match}
            for name, start, stop, match in (("visual", 0, half, 0.5), ("acoustic", half, end, 0.25))
        ]
        spans = [
            {"modality": own["modality"], "claim": index, "start": own["start"], "end": own["start"] + 12}
            for index, own in enumerate(claims)
        ]
        answer = {"id": item["id"], "sha256": sha256(item["text"]), "length": end, "claims": claims, "spans": spans}
        results.append(answer)
    return 200, {}, {"versions": {}, "unit": body["unit"], "selector": body["selector"], "results": results}


def configure(url: str, case: str) -> None:
    data = settings_data()
    data["service"].update(url=url, max_batch=64)
    if case.startswith("swap"):
        data["masks"].update(SWAP)
        data["loss"]["onset"]["weight"] = 0
    if case.startswith("paper"):
        data["masks"].update(RATIO)
        for term in ("sensitivity", "onset"):
            data["loss"][term]["weight"] = 0
        data["loss"]["paper"].update(weight=0.02, estimator="k1", reduce="mean")
        data["loss"]["evidence"]["selector"] = "reference"
        if case.endswith("together"):
            data["loss"]["paper"].update(tokens="together", estimator="k3")
    for path in (Path(os.environ["OPPO_CONFIG"]), FOLDER / f"{case}-{RANKS}" / "oppo.json"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(data))


def data_info(padding_free: bool, micro_batch: int) -> dict[str, Any]:
    """ms-swift's own parsing of a Ray run's settings; loads the plugin."""
    from swift.ray.megatron.driver_utils import build_dataset_from_dict

    total = GENERATIONS * CLIPS
    info = build_dataset_from_dict(
        {
            "rlhf_type": "grpo",
            "use_ray": True,
            "model": str(FOLDER / "model"),
            "model_type": "qwen2_5_omni",
            "use_hf": True,
            "dataset": [str(FOLDER / "tiny/corpus/swift-train.jsonl")],
            "load_from_cache_file": False,
            "split_dataset_ratio": 0,
            "micro_batch_size": micro_batch,
            "global_batch_size": total,
            "num_generations": GENERATIONS,
            "num_train_epochs": 1,
            "max_length": 4096,
            "max_completion_length": 64,
            "truncation_strategy": "delete",
            "padding_free": padding_free,
            "temperature": 1,
            "beta": 0,
            "loss_type": "grpo",
            "torch_dtype": "float32",
            "attn_impl": "sdpa",
            "tuner_type": "lora",
            "lora_dropout": 0,
            "reward_funcs": ["oppo"],
            "external_plugins": [str(PLUGIN)],
            "output_dir": str(FOLDER / f"out-{RANK}"),
        }
    )
    args = info["_driver_args"]
    # What Megatron's initialisation, which needs CUDA, would have set.
    args.per_device_generation_batch_size = total // RANKS
    args.num_microbatches = total // RANKS // micro_batch
    return info


def rollouts(template: Any) -> list[Any]:
    """Completions as vLLM would return them: beginnings of the references, ended."""
    from swift.rl_core.data import GRPOSample

    rows = [json.loads(line) for line in (FOLDER / "tiny/corpus/swift-train.jsonl").read_text().splitlines()]
    end = template.tokenizer.convert_tokens_to_ids("<|im_end|>")
    samples = []
    for row in rows[:CLIPS]:
        for number in range(GENERATIONS):
            text = row["reference"][: 70 + 20 * number]
            sample = GRPOSample.from_row(copy.deepcopy(row))
            sample.request_id = f"{row['clip_id']}-{number}"
            sample.messages.append({"role": "assistant", "content": text})
            sample.response_token_ids = [[*template.tokenizer(text)["input_ids"], end]]
            sample.finish_reason = "stop"
            samples.append(sample)
    return samples


class Model(torch.nn.Module):
    """model(**inputs) -> logits [B, T, V], padding-free [1, T, V], as Megatron's models are called."""

    def __init__(self, hugging_face: Any, template: Any) -> None:
        from megatron.core.enums import ModelType
        from megatron.core.transformer.transformer_config import TransformerConfig

        super().__init__()
        self.inner, self._template = hugging_face, template
        self.model_type, self.calls, self.blind = ModelType.encoder_or_decoder, 0, False
        self.config = TransformerConfig(num_layers=1, hidden_size=8, num_attention_heads=1)
        for name in ("no_sync_func", "finalize_model_grads_func", "timers", "grad_scale_func"):
            setattr(self.config, name, None)
        self.config.enable_autocast = self.config.overlap_moe_expert_parallel_comm = False
        self.config.deallocate_pipeline_outputs = True

    def set_input_tensor(self, _: Any) -> None:
        pass

    def forward(
        self, input_ids: Any, position_ids: Any, attention_mask: Any = None, packed_seq_params: Any = None, **media: Any
    ) -> torch.Tensor:
        self.calls += 1
        if self.blind:
            media["pixel_values_videos"] = torch.zeros_like(media["pixel_values_videos"])
        embedded = self._template._post_encode(self.inner, {"input_ids": input_ids, **media})["inputs_embeds"]
        rows, length = input_ids.shape
        allowed = torch.ones(length, length).tril().bool()[None, None].expand(rows, 1, length, length)
        if packed_seq_params is not None:
            ends = packed_seq_params.cu_seqlens_q.tolist()
            blocks = [torch.ones(stop - start, stop - start) for start, stop in zip(ends, ends[1:], strict=False)]
            allowed = allowed & torch.block_diag(*blocks).bool()
        elif attention_mask is not None:
            allowed = ~attention_mask | torch.eye(length).bool()
        bias = torch.zeros(allowed.shape).masked_fill(~allowed, torch.finfo(torch.float32).min)
        thinker = self.inner.thinker
        hidden = thinker.model(
            inputs_embeds=embedded, position_ids=position_ids, attention_mask=bias, use_cache=False
        ).last_hidden_state
        return thinker.lm_head(hidden)


def make_driver(info: dict[str, Any]) -> Any:
    from oppo_swift.ray.driver import OppoRayTrainer

    driver = OppoRayTrainer({}, [])
    driver.set_data_info({**info, "_padding_to": None})
    driver._prepare_state()
    return driver


def make_loss(args: Any) -> Any:
    from oppo_swift.ray.loss import OppoLoss

    loss = OppoLoss(args)

    def average(metrics: dict[str, torch.Tensor], *_: Any, **__: Any) -> dict[str, torch.Tensor]:
        # Gloo has no ReduceOp.AVG.
        values = torch.stack(list(metrics.values()))
        dist.all_reduce(values)
        return dict(zip(metrics, values / RANKS, strict=True))

    loss._dummy._all_reduce_metric = average
    return loss


def collated(driver: Any) -> dict[int, list[dict[str, Any]]]:
    """The driver's micro-batches of all ranks, with advantages 0: what is learned is OPPO's term alone."""
    samples = rollouts(driver.template)
    driver.encode_rollout_batch(samples)
    dispatch, batches = driver._collate_for_workers(SimpleNamespace(dp_size=RANKS), samples)
    driver._scatter_advantages(batches, torch.zeros(len(samples)))
    return dict(dispatch)


def old_logps(loss: Any, model: Model, micro_batches: list[dict[str, Any]]) -> None:
    """As the worker's compute_logps: ms-swift's own forward."""
    from swift.ray.megatron.loss.grpo import GRPOLoss

    with torch.no_grad():
        for own in micro_batches:
            batch = own["grpo_batch"]
            batch.old_per_token_logps = GRPOLoss.forward_step(loss, iter([dict(own)]), model)[0]


def train(loss: Any, model: Model, micro_batches: list[dict[str, Any]]) -> list[dict[str, float]]:
    """One step of Megatron's schedule a micro-batch, forward and backward; gradients averaged over ranks."""
    from megatron.core.pipeline_parallel import schedules

    model.zero_grad()
    model.calls = 0
    batches, metrics, count = iter(micro_batches), [], len(micro_batches)
    for _ in range(count):
        scalar, _ = schedules.forward_step(loss.forward_step, batches, model, count, None, metrics, model.config, 1)
        schedules.backward_step(None, scalar, None, model.model_type, model.config)
    for parameter in model.parameters():
        if parameter.grad is not None:
            dist.all_reduce(parameter.grad)
            parameter.grad /= RANKS
    return [{name: float(value) for name, value in own.items() if value.numel() == 1} for own in metrics]


def direct(model: Model, dispatch: dict[int, list[dict[str, Any]]]) -> torch.Tensor:
    """The term of the whole batch from plain forwards and log_softmax, padded batches only."""
    from oppo_swift.config import load_settings
    from oppo_swift.loss.objective import auxiliary_loss
    from oppo_swift.passes import hidden_inputs
    from oppo_swift.rollout import samples_of

    names = ("input_ids", "position_ids", "attention_mask", "pixel_values_videos", "video_grid_thw")
    names += ("input_features", "feature_attention_mask")

    def logps(inputs: dict[str, Any]) -> torch.Tensor:
        labels = torch.roll(inputs["labels"], -1, -1)
        logits = model(**{name: inputs[name] for name in names if name in inputs}).log_softmax(-1)
        return logits.gather(-1, labels.clamp(min=0)[..., None])[..., 0] * (labels != -100)

    options, terms = load_settings().loss, []
    for own in (own for rank in dispatch.values() for own in rank):
        batch, plain = own["grpo_batch"], {name: value for name, value in own.items() if name != "grpo_batch"}
        found = batch.oppo
        hidden = [logps(hidden_inputs(plain, one, found.fills)) for one in found.passes]
        samples = samples_of(found, logps(plain), hidden, batch.completion_mask)
        terms.append(auxiliary_loss(samples, options, found.totals, found.suppression)[0])
    return torch.stack(terms).sum()


def gradients(model: Model) -> dict[str, torch.Tensor]:
    return {name: own.grad.clone() for name, own in model.named_parameters() if own.grad is not None}


def gap(left: dict[str, torch.Tensor], right: dict[str, torch.Tensor]) -> float:
    assert left.keys() == right.keys() and left
    return max(float((left[name] - right[name]).abs().max()) for name in left)


def run(case: str, url: str, model: Model, kept: dict[str, Any]) -> dict[str, Any]:
    configure(url, case)
    info = data_info("padding-free" in case, 1 if RANKS > 1 else 2)
    dispatch, loss = collated(make_driver(info)), make_loss(info["_driver_args"])
    wire = pickle.dumps(dispatch)
    model.blind = case == "blind" or (case == "blind-rank-0" and RANK == 0)
    mine = pickle.loads(wire)[RANK]
    old_logps(loss, model, mine)
    os.environ["OPPO_DUMP"] = str(FOLDER / f"{case}-{RANKS}" / "dump")
    metrics = train(loss, model, mine)
    learned = gradients(model)
    result = {
        "case": case,
        "logged": sum(own["oppo/loss"] for own in metrics) / len(metrics),
        "effects": [metrics[0].get(f"oppo/effect_{stream}") for stream in ("video", "audio")],
        "gradient": max(float(own.abs().max()) for own in learned.values()),
        "calls": model.calls,
        "wire_bytes": len(wire),
    }
    if "padding-free" in case:
        result["gradient_gap"] = gap(learned, kept["blank"])
        return result
    kept[case] = learned
    model.zero_grad()
    term = direct(model, pickle.loads(wire))
    term.backward()
    return {**result, "direct": float(term.detach()), "gradient_gap": gap(learned, gradients(model))}


def begin() -> Model:
    """Process groups, and the model on them."""
    dist.init_process_group("gloo")
    import swift.ray.megatron.pipeline  # noqa: F401  as in a driver, where it is loaded before the plugin
    from megatron.core import mpu
    from swift.model import get_model_processor
    from swift.template import get_template

    mpu.initialize_model_parallel()
    torch.set_num_threads(1)
    inner, processor = get_model_processor(
        str(FOLDER / "model"), model_type="qwen2_5_omni", use_hf=True, torch_dtype=torch.float32, attn_impl="sdpa"
    )
    template = get_template(processor, max_length=4096)
    template.model = inner
    template.set_mode("train")
    return Model(inner, template).train()


def main() -> None:
    model, kept = begin(), {}
    with FakeService(evidence) as service:
        for case in CASES:
            try:
                result = run(case, service.url, model, kept)
            except RuntimeError as error:
                result = {"case": case, "error": str(error)}
            print("RESULT " + json.dumps(result), flush=True)
    # Gloo's threads keep the process from ending after a refusal.
    os._exit(0)


if __name__ == "__main__":
    main()
