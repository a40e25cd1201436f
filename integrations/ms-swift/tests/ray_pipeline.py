"""ms-swift's Ray pipeline as far as it goes without GPUs: `python ray_pipeline.py ray|plain ray.yaml`.

ray: its own reading of the file, its check of batch sizes, its arguments, which load the plugin, and its registry.
plain: the same arguments in a process that is neither driver nor worker of Ray, as `megatron rlhf` makes them.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from typing import Any

KIND, PATH = sys.argv[1:3]


def ray() -> dict[str, Any]:
    from swift.megatron.arguments import MegatronRLHFArguments
    from swift.ray.megatron.pipeline import MegatronRayPipeline

    pipeline = MegatronRayPipeline(PATH)
    before = dict(pipeline._entry)
    pipeline._validate_grpo_train_batch_params()
    args = pipeline._build_dataset()["_driver_args"]

    from oppo_swift.config import load_settings
    from oppo_swift.ray.startup import ALLOWED, check_ray_startup
    from swift.ray.megatron.megatron_worker import _import_class

    check_ray_startup(args, load_settings(), os.environ)
    known = {field.name for field in dataclasses.fields(MegatronRLHFArguments)}
    given = {name for group in ("train", "rollout") for name in pipeline.group_cfgs[group]}
    return {
        "before": before,
        "classes": [_import_class(pipeline._entry[name]).__name__ for name in ("trainer", "loss")],
        "unknown": sorted(given - known),
        "unknown_guards": sorted(set(ALLOWED) - known),
        "dataset": args.dataset,
        "output_dir": args.output_dir,
    }


def plain() -> dict[str, Any]:
    import yaml
    from swift.megatron.arguments import MegatronRLHFArguments
    from swift.ray.megatron.driver_utils import merge_group_dict, parse_args_from_dict

    with open(PATH) as file:
        settings = yaml.safe_load(file)
    own = merge_group_dict(
        {name: value for name, value in settings.items() if name not in ("rollout", "train", "sleep_level")},
        settings["train"],
    )
    own |= {"reward_funcs": ["format"], "use_ray": False, "skip_megatron_init": True}
    parse_args_from_dict(MegatronRLHFArguments, own)
    return {}


print("RESULT " + json.dumps({"case": KIND, **(ray() if KIND == "ray" else plain())}), flush=True)
os._exit(0)
