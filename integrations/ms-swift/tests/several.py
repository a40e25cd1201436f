"""Several `swift rlhf` runs in one process, which imports ms-swift once: `python several.py runs.json`.

runs.json: [{"name", "folder", "arguments", "environment"}]. Prints `RAN name` for each, or its error and `FAILED name`.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path


def main() -> None:
    runs = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    # Some of what follows is read from the environment while ms-swift is imported.
    os.environ.update(runs[0]["environment"])
    from swift.pipelines import rlhf_main

    for run in runs:
        os.environ.update(run["environment"])
        os.chdir(run["folder"])
        try:
            rlhf_main(run["arguments"])
        except Exception:
            traceback.print_exc()
            print(f"FAILED {run['name']}", flush=True)
        else:
            print(f"RAN {run['name']}", flush=True)


if __name__ == "__main__":
    main()
