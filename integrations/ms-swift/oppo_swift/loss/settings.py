"""Settings of the loss, as they stand in the plugin's file. Names and meanings are those of src/loss/options.ts."""

from __future__ import annotations

from ..fields import boolean, choice, choices, dataclass, integer, number, section


@dataclass(frozen=True)
class Sensitivity:
    weight: float = number(0)
    cap: float = number(above=0)
    level: str = choice("claim", "token")
    routing: str = choice("full", "mask", "both", "gated")


@dataclass(frozen=True)
class Onset:
    weight: float = number(0)
    cap: float = number(above=0)


@dataclass(frozen=True)
class Invariance:
    weight: float = number(0)
    kappa: float = number(0)
    huber: float = number(above=0)


@dataclass(frozen=True)
class Attribution:
    weight: float = number(0)
    cap: float = number(above=0)
    routing: str = choice("ungated", "gated")


@dataclass(frozen=True)
class Papo:
    weight: float = number(0)
    tokens: str = choice("evidence", "all")
    estimator: str = choice("k1", "k2", "k3", "reciprocal")
    cap: float = number(above=0)
    maskedGradient: bool = boolean()
    fullEntropy: float = number(0)
    maskedEntropy: float = number(0)


@dataclass(frozen=True)
class Counterfactual:
    sensitivity: float = number(0)
    invariance: float = number(0)
    cap: float = number(above=0)
    routing: str = choice("full", "masked", "both")
    fullEstimator: str = choice("k1", "k2")


@dataclass(frozen=True)
class Paper:
    """The Omni-Perception Loss as printed."""

    weight: float = number(0)
    tokens: str = choice("evidence", "all", "together")
    estimator: str = choice("whole", "k1", "k3")
    reduce: str = choice("sum", "mean")
    maskedGradient: bool = boolean()


# Terms that look at claims: those whose evidence can be chosen. A test holds it to the table.
EVIDENCE_TERMS = (
    "sensitivity",
    "onset",
    "invariance",
    "attribution",
    "papo",
    "counterfactual_sensitivity",
    "counterfactual_invariance",
    "paper",
)


@dataclass(frozen=True)
class Evidence:
    """selector: evidence of all terms; own, a claim's own words; reference, whole clauses that a cue of the reference
    stands behind. terms: of single terms, by name, where it differs.
    """

    selector: str = choice("own", "reference")
    terms: dict[str, str] = choices(EVIDENCE_TERMS, "own", "reference")


@dataclass(frozen=True)
class Controller:
    enabled: bool = boolean()
    warmupSteps: int = integer(0)
    warmupFormatRate: float = number(0, 1)
    halveBelow: float = number(0, 1)
    stopBelow: float = number(0, 1)
    smoothing: float = number(0, 1)
    patience: int = integer(1)


@dataclass(frozen=True)
class Loss:
    """The auxiliary terms. Surrogate and reference KL are ms-swift's (`--loss_type`, `--beta`)."""

    sensitivity: Sensitivity = section(Sensitivity)
    onset: Onset = section(Onset)
    invariance: Invariance = section(Invariance)
    attribution: Attribution = section(Attribution)
    papo: Papo = section(Papo)
    counterfactual: Counterfactual = section(Counterfactual)
    paper: Paper = section(Paper)
    evidence: Evidence = section(Evidence)
    controller: Controller = section(Controller)
