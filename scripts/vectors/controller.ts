import { Rng } from "../../src/core/rng.ts";
import { advanceController, startController, suppression } from "../../src/loss/controller.ts";
import { resolveLossOptions } from "../../src/loss/presets.ts";

const stories = [
  { name: "steady", drift: 0, formatFrom: 3 },
  { name: "slow decline: halved", drift: -0.004, formatFrom: 0 },
  { name: "collapse: stopped", drift: -0.03, formatFrom: 0 },
  { name: "never well-formed", drift: 0, formatFrom: 1000 },
];

/**
 * Claims and format rate over steps, with the controller's factor before each and its state after.
 */
export function controllerVectors(): object {
  const { controller } = resolveLossOptions({
    preset: "robust",
    controller: { warmupSteps: 8, patience: 4, smoothing: 0.7 },
  });
  return { options: controller, stories: stories.map((story) => told(story, controller)) };
}

function told(
  { name, drift, formatFrom }: (typeof stories)[number],
  options: Parameters<typeof advanceController>[2],
): object {
  const rng = new Rng(name);
  let state = startController();
  const steps = Array.from({ length: 40 }, (_, step) => {
    const reading = {
      claimsPerResponse: Math.max(0, 4 * (1 + drift * step) + 0.1 * rng.normal()),
      formatRate: step < formatFrom ? 0.5 : 0.97,
    };
    const factor = suppression(state, options);
    const advanced = advanceController(state, reading, options);
    state = advanced.state;
    return { ...reading, factor, state, alerts: advanced.alerts.map(({ message }) => message) };
  });
  return { name, steps };
}
