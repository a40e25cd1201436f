"""Answers the benchmark's requests, one JSON object a line, from standard input to standard output.

The process lives as long as the benchmark and sleeps between requests, so that both sides meet the same
state of the machine. Libraries that print go to standard error.
"""

import json
import os
import sys
import time
import traceback

answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)


def main(folder: str, threads: int) -> None:
    import torch
    import transformers

    from generation import Generation
    from training import Training, milliseconds

    torch.set_num_threads(threads)
    transformers.logging.set_verbosity_error()
    training = Training(folder)
    with open(os.path.join(folder, "policy", "policy.json")) as file:
        generation = Generation(json.load(file)["shape"])

    def product(rows: int, inner: int, columns: int, warmups: int, repeats: int) -> dict:
        a, b = torch.randn(rows, inner), torch.randn(inner, columns)
        for _ in range(warmups):
            torch.matmul(a, b)
        return {"ms": [milliseconds(lambda: torch.matmul(a, b)) for _ in range(repeats)]}

    def compile_step(name: str) -> dict:
        began = time.perf_counter()
        training.time("step", name, True, 0, 1)
        return {"seconds": time.perf_counter() - began}

    handlers = {
        "time": lambda **request: {"ms": training.time(**request)},
        "compile": compile_step,
        "gradients": training.gradients,
        "flops": training.flops,
        "generate": lambda **request: {"ms": generation.time(**request)},
        "parameters": lambda **request: {"count": generation.parameters(**request)},
        "product": product,
    }
    reply({"python": sys.version.split()[0], "torch": torch.__version__, "transformers": transformers.__version__})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply(handlers[request.pop("do")](**request))
        except Exception as error:  # noqa: BLE001 - the benchmark reports it and goes on
            traceback.print_exc()
            reply({"error": f"{type(error).__name__}: {error}".splitlines()[0]})


def reply(value: dict) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
