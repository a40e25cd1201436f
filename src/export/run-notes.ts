import { resolveLossOptions } from "../loss/presets.ts";
import type { SwiftOptions } from "./options.ts";
import { swiftOptions } from "./options.ts";
import { serviceUrl } from "./plugin-settings.ts";
import { runPresets } from "./presets.ts";

/** What somebody who exports this run should be told, a sentence each. */
export function runNotes(options: SwiftOptions): string[] {
  const changed = changedFromPreset(options);
  return [
    ...(changed.length > 0 ? [`preset ${options.preset}, changed: ${changed.join(", ")}`] : []),
    ...unreachable(options),
  ];
}

/** Settings that the run's preset has otherwise: `path value (the preset's)`. */
export function changedFromPreset(options: SwiftOptions): string[] {
  const preset = options.preset === undefined ? undefined : runPresets[options.preset];
  if (!preset) return [];
  const asked = leaves(preset.settings);
  const whole = leaves(resolved(swiftOptions.parse(preset.settings)));
  const own = leaves(resolved(options));
  return [...new Set([...whole.keys(), ...own.keys()])]
    .filter((path) => asked.has(path) || /^(reward|loss)\./.test(path))
    .filter((path) => whole.get(path) !== own.get(path))
    .map((path) => `${path} ${own.get(path) ?? "not set"} (${whole.get(path) ?? "not set"})`);
}

/** With every coefficient of the loss, which a file gives by a preset and what differs. */
const resolved = (options: SwiftOptions): object => ({
  ...options,
  loss: { preset: options.loss.preset, ...resolveLossOptions(options.loss) },
});

/** A service on the first of several machines that listens to that one alone. */
function unreachable({ client, service, training, ...rest }: SwiftOptions): string[] {
  if (training.nodes === 1 || client.url !== undefined) return [];
  const url = serviceUrl({ client, service, training, ...rest });
  return [
    `${training.nodes} machines: trainers ask for rewards at ${url}, which only the first can reach; ` +
      "--set service.host=0.0.0.0 client.url=http://FIRST-MACHINE:8791",
  ];
}

/** Every leaf of nested objects, by dotted path; lists as JSON. */
function leaves(value: object, prefix = ""): Map<string, string> {
  return new Map(
    Object.entries(value).flatMap(([key, inner]): [string, string][] =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? [...leaves(inner, `${prefix}${key}.`)]
        : [[`${prefix}${key}`, typeof inner === "string" ? inner : JSON.stringify(inner)]],
    ),
  );
}
