"""OPPO for ms-swift: Omni-Perception reward and loss inside its GRPO trainer.

Importing the package loads neither torch nor ms-swift: `config`, `client`, `spans` and `check_data` work
with the standard library alone.
"""

__version__ = "0.1.0"
