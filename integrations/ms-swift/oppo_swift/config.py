"""Settings of the plugin: one JSON file, named by the environment variable OPPO_CONFIG.

`oppo export ms-swift` writes it. Every field must be there: a forgotten weight is an error, not a default.
Names and meanings of `loss` are those of src/loss/options.ts. `python -m oppo_swift.config FILE` checks one.
"""

from __future__ import annotations

import json
import os
import sys

from .errors import OppoSwiftError
from .fields import choice, dataclass, integer, number, read, section, text
from .loss.options import active
from .loss.settings import Loss
from .mask_kinds import STREAMS, MaskKind, ids_of, mask_kind
from .text_file import no_duplicates, read_text

FORMAT = "oppo-ms-swift-2"
ENVIRONMENT_VARIABLE = "OPPO_CONFIG"


@dataclass(frozen=True)
class Service:
    """Where `oppo serve` answers. `api_key_env` names the variable with the key, null for none."""

    url: str = text()
    api_key_env: str | None = text(nullable=True)
    timeout_s: float = number(above=0)
    retries: int = integer(0)
    max_batch: int = integer(1)


@dataclass(frozen=True)
class PrintedReward:
    """What the service must score by in form paper: weights of R_omni, accuracy and format, and the threshold delta,
    above which a clause is evidence too. They are the service's; the run is refused where it has others.
    """

    alpha: float = number(0)
    delta: float = number(0, 1)
    accuracy: float = number(0)
    format: float = number(0)


@dataclass(frozen=True)
class Reward:
    """weight: factor on the service's reward before ms-swift's own reward weights. form: oppo, ours, 0 to 1; paper, as
    OPPO's paper prints it, R_acc + R_fmt + alpha R_omni.
    """

    weight: float = number(above=0)
    form: str = choice("oppo", "paper")
    paper: PrintedReward = section(PrintedReward)


@dataclass(frozen=True)
class Masks:
    """How a stream is hidden, and whether a completion gets both masked passes or one in turn.

    ratio, unit, seed: of masking by ratio, see draws.py.
    """

    visual: str = choice(*ids_of("video"))
    acoustic: str = choice(*ids_of("audio"))
    schedule: str = choice("both", "alternate")
    ratio: float = number(0, 1)
    unit: str = choice("element", "frame", "block")
    seed: int = integer(0)

    def kinds(self) -> dict[str, MaskKind]:
        """How each stream is hidden."""
        return {"video": mask_kind(self.visual), "audio": mask_kind(self.acoustic)}

    def partial(self) -> frozenset[str]:
        """Streams that still show something when hidden; a ratio of 1 hides all."""
        return frozenset(
            stream
            for stream, kind in self.kinds().items()
            if kind.partial and not (kind.needs_ratio and self.ratio == 1)
        )


@dataclass(frozen=True)
class Guards:
    """When to stop. See guard/watch.py."""

    canary_steps: int = integer(1)
    max_empty_rate: float = number(0, 1)
    constant_reward_groups: int = integer(1)
    zero_grad_steps: int = integer(1)
    max_rollout_logp_gap: float = number(above=0)


@dataclass(frozen=True)
class Settings:
    format: str = choice(FORMAT)
    service: Service = section(Service)
    reward: Reward = section(Reward)
    loss: Loss = section(Loss)
    masks: Masks = section(Masks)
    guards: Guards = section(Guards)
    temperature: float = number(above=0)


def load_settings(path: str | os.PathLike[str] | None = None) -> Settings:
    """Settings from `path`, by default from the file that OPPO_CONFIG names.

    Raises OppoSwiftError: CONFIG_ENV, CONFIG_FILE, CONFIG_JSON, CONFIG_FIELD or CONFIG_CONFLICT.
    """
    chosen = path if path is not None else os.environ.get(ENVIRONMENT_VARIABLE)
    if not chosen:
        raise OppoSwiftError(
            "CONFIG_ENV",
            f"the environment variable {ENVIRONMENT_VARIABLE} is not set",
            f"{ENVIRONMENT_VARIABLE}=/path/to/oppo.json; `oppo export ms-swift` writes one",
        )
    try:
        raw = read_text(chosen)
    except OSError as error:
        raise OppoSwiftError("CONFIG_FILE", f"cannot read {chosen}: {error.strerror}") from None
    except ValueError as error:
        raise OppoSwiftError("CONFIG_JSON", f"{chosen}: {error}") from None
    try:
        data = json.loads(raw, object_pairs_hook=no_duplicates)
    except ValueError as error:
        raise OppoSwiftError("CONFIG_JSON", f"{chosen} is not valid JSON: {error}") from None
    settings = read(Settings, data, str(chosen))
    _check_conflicts(settings, str(chosen))
    return settings


def _check_conflicts(settings: Settings, source: str) -> None:
    loss, masks = settings.loss, settings.masks
    problems = []
    if not settings.service.url.startswith(("http://", "https://")):
        problems.append("service.url must begin with http:// or https://")
    if loss.controller.stopBelow > loss.controller.halveBelow:
        problems.append("loss.controller.stopBelow exceeds halveBelow")
    for term in active(loss):
        if term.needs == "both" and masks.schedule == "alternate":
            problems.append(f"loss.{term.name} compares both masked passes: masks.schedule must be both")
        if term.blind_only and masks.partial() == frozenset(STREAMS):
            kinds = " and ".join(dict.fromkeys((masks.visual, masks.acoustic)))
            problems.append(
                f"loss.{term.name} never acts under {kinds} masks "
                "(the stream still shows something): set its weight to 0"
            )
    if problems:
        raise OppoSwiftError("CONFIG_CONFLICT", f"{source}: " + "; ".join(problems))


def main() -> int:
    """Checks the file named on the command line; exit code 1 and a message if it is refused."""
    try:
        load_settings(sys.argv[1] if len(sys.argv) > 1 else None)
    except OppoSwiftError as error:
        print(error, file=sys.stderr)
        return 1
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
