import { describe, expect, it } from "vitest";
import {
  advanceController,
  type ControllerAlert,
  type ControllerState,
  startController,
  suppression,
} from "./controller.ts";
import { presets } from "./presets.ts";

const options = { ...presets.robust.controller, warmupSteps: 5, smoothing: 0, patience: 3 };

function run(
  claims: readonly number[],
  formatRate = 1,
  from = startController(),
): { state: ControllerState; alerts: ControllerAlert[]; factors: number[] } {
  let state = from;
  const alerts: ControllerAlert[] = [];
  const factors: number[] = [];
  for (const claimsPerResponse of claims) {
    const next = advanceController(state, { claimsPerResponse, formatRate }, options);
    state = next.state;
    alerts.push(...next.alerts);
    factors.push(suppression(state, options));
  }
  return { state, alerts, factors };
}
const steady = (steps: number, claims = 4) => new Array<number>(steps).fill(claims);

describe("claim controller", () => {
  it("waits for the format, then ramps linearly", () => {
    expect(run(steady(3), 0.8).factors).toEqual([0, 0, 0]);
    const { factors } = run(steady(6), 1);
    expect(factors).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1]);
  });

  it("does not fall back when the format dips during the ramp", () => {
    const { state } = run(steady(2), 1);
    expect(run(steady(3), 0.5, state).factors).toEqual([0.6, 0.8, 1]);
  });

  it("halves below .9, again only after its patience, and says so", () => {
    const { state } = run(steady(5));
    const { factors, alerts } = run(steady(5, 3.4), 1, state);
    expect(factors).toEqual([0.5, 0.5, 0.5, 0.5, 0.25]);
    expect(alerts.map(({ kind }) => kind)).toEqual(["halved", "halved"]);
    expect(alerts[0]?.message).toContain("claims per response 3.40, 4.00 after warm-up");
  });

  it("leaves .9 and above alone", () => {
    const { state } = run(steady(5));
    expect(run(steady(20, 3.6), 1, state)).toMatchObject({ alerts: [], state: { scale: 1 } });
  });

  it("stops for good below .75", () => {
    const { state } = run(steady(5));
    const stopped = run([2.9, 4, 4, 4], 1, state);
    expect(stopped.factors).toEqual([0, 0, 0, 0]);
    expect(stopped.alerts.map(({ kind }) => kind)).toEqual(["stopped"]);
  });

  it("smooths: one quiet step is not a collapse", () => {
    let state = run(steady(5)).state;
    const smooth = { ...options, smoothing: 0.95 };
    for (const claimsPerResponse of [0, 4, 4]) {
      state = advanceController(state, { claimsPerResponse, formatRate: 1 }, smooth).state;
    }
    expect(state).toMatchObject({ phase: "armed", scale: 1 });
  });

  it("alerts when there are no claims to protect", () => {
    expect(run(steady(5, 0)).alerts.map(({ kind }) => kind)).toEqual(["no_claims"]);
  });

  it("resumes from JSON where it was", () => {
    const claims = [4, 4, 4, 4, 4, 3.5, 3.5, 4, 3.4, 3.3, 2];
    const whole = run(claims);
    const half = run(claims.slice(0, 6));
    const revived = JSON.parse(JSON.stringify(half.state)) as ControllerState;
    expect(run(claims.slice(6), 1, revived).state).toEqual(whole.state);
  });

  it("is 1 when switched off, and at once without warm-up", () => {
    expect(suppression(startController(), { ...options, enabled: false })).toBe(1);
    const instant = { ...options, warmupSteps: 0 };
    const reading = { claimsPerResponse: 4, formatRate: 1 };
    const { state } = advanceController(startController(), reading, instant);
    expect(suppression(state, instant)).toBe(1);
  });
});
