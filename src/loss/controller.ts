import type { ControllerOptions } from "./options.ts";

/**
 * Guards against the degenerate optimum of every suppressive term: a policy that claims nothing
 * (docs/method.md#claim-controller). Plain JSON, so it rides in a checkpoint.
 */
export interface ControllerState {
  /** waiting for format → warming up → armed with a baseline → stopped for good. */
  phase: "waiting" | "warming" | "armed" | "stopped";
  /** Steps of the ramp done. */
  warmed: number;
  /** Moving average of claims per response under full input; null before the first step. */
  claims: number | null;
  /** That average at the end of the ramp. */
  baseline: number | null;
  /** 1, halved at every cut, 0 once stopped. */
  scale: number;
  /** Steps since the last halving. */
  sinceCut: number;
}

/** One step as the controller sees it. */
export interface ControllerReading {
  /** Visual and acoustic claims per response, all rollouts of the step, full input. */
  claimsPerResponse: number;
  /** Share of well-formed responses. */
  formatRate: number;
}

export interface ControllerAlert {
  kind: "halved" | "stopped" | "no_claims";
  message: string;
}

/** State before the first step. */
export function startController(): ControllerState {
  return { phase: "waiting", warmed: 0, claims: null, baseline: null, scale: 1, sinceCut: 0 };
}

/** State after a step, and what people should be told. Pure. */
export function advanceController(
  state: ControllerState,
  reading: ControllerReading,
  options: ControllerOptions,
): { state: ControllerState; alerts: ControllerAlert[] } {
  const { smoothing } = options;
  const claims =
    state.claims === null
      ? reading.claimsPerResponse
      : smoothing * state.claims + (1 - smoothing) * reading.claimsPerResponse;
  const next = { ...state, claims };
  if (state.phase === "armed") return guard(next, options);
  if (state.phase === "stopped") return { state: next, alerts: [] };
  if (state.phase === "waiting" && reading.formatRate <= options.warmupFormatRate) {
    return { state: next, alerts: [] };
  }
  return warm(next, options);
}

/** Factor in 0..1 for suppressive terms at this step; 1 when the controller is off. */
export function suppression(state: ControllerState, options: ControllerOptions): number {
  if (!options.enabled) return 1;
  if (state.phase === "waiting" || state.phase === "stopped") return 0;
  const ramp = options.warmupSteps === 0 ? 1 : Math.min(1, state.warmed / options.warmupSteps);
  return ramp * state.scale;
}

function warm(state: ControllerState, options: ControllerOptions) {
  const warmed = state.warmed + 1;
  if (warmed < options.warmupSteps) {
    return { state: { ...state, phase: "warming" as const, warmed }, alerts: [] };
  }
  const armed: ControllerState = {
    ...state,
    phase: "armed",
    warmed,
    baseline: state.claims,
    sinceCut: options.patience,
  };
  const alerts: ControllerAlert[] =
    (state.claims ?? 0) > 0
      ? []
      : [
          {
            kind: "no_claims",
            message: "no claims at the end of warm-up: the controller has nothing to protect",
          },
        ];
  return { state: armed, alerts };
}

function guard(state: ControllerState, options: ControllerOptions) {
  const claims = state.claims ?? 0;
  const baseline = state.baseline ?? 0;
  const seen = `claims per response ${claims.toFixed(2)}, ${baseline.toFixed(2)} after warm-up`;
  if (claims < options.stopBelow * baseline) {
    const stopped: ControllerState = { ...state, phase: "stopped", scale: 0 };
    const message = `${seen}: suppressive terms switched off`;
    return { state: stopped, alerts: [{ kind: "stopped" as const, message }] };
  }
  const sinceCut = state.sinceCut + 1;
  if (claims < options.halveBelow * baseline && sinceCut > options.patience) {
    const scale = state.scale / 2;
    const message = `${seen}: suppressive terms halved to ${scale}`;
    return {
      state: { ...state, scale, sinceCut: 0 },
      alerts: [{ kind: "halved" as const, message }],
    };
  }
  return { state: { ...state, sinceCut }, alerts: [] };
}
