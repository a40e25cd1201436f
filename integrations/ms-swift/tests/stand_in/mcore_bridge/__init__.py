"""Stands in for mcore-bridge, whose import needs transformer_engine, hence a GPU. On PYTHONPATH of the Ray tests only.

Names that swift.megatron imports as it loads. None of them does anything: the tests bring a model of their own.
"""

__version__ = "0"


class GPTBridge:
    """ms-swift looks at the signature of `save_weights`."""

    def save_weights(self, mg_models: object, output_dir: str) -> None:
        raise NotImplementedError


class LoraParallelLinear:
    pass


class ModelConfig:
    pass


def _absent(*_: object, **__: object) -> None:
    raise NotImplementedError("mcore-bridge is only stood in for")


get_mcore_model = hf_to_mcore_config = set_random_seed = split_cp_inputs = unwrap_model = _absent
