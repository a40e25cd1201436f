"""Lets torchvision's CUDA wheel import beside CPU torch. On PYTHONPATH of the tests only.

PyPI has no CPU build of torchvision. Its Python code registers fake kernels for operators that its compiled part
would define; without a CUDA torch that part does not load, and the import fails. Their declarations are enough.
"""

import importlib.metadata
import importlib.util

if importlib.util.find_spec("torch") and importlib.metadata.version("torch").endswith("+cpu"):
    import torch

    _torchvision = torch.library.Library("torchvision", "DEF")
    for _name in ("nms", "qnms"):
        _torchvision.define(f"{_name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
