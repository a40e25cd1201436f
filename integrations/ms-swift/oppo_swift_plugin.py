"""OPPO for ms-swift: `swift rlhf --rlhf_type grpo --external_plugins .../oppo_swift_plugin.py ...`.

ms-swift imports this file while it parses its arguments, before it reads its registries. Settings:
OPPO_CONFIG=/path/to/oppo.json.
"""

from oppo_swift.install import install

install()
