import { fileURLToPath } from "node:url";
import { loadConfig } from "../config/load.ts";
import { ConfigError } from "../core/errors.ts";
import { type SwiftOptions, swiftOptions } from "../export/options.ts";
import type { DecomposerOptions } from "../service/decomposer/options.ts";
import type { Decomposer } from "../service/decomposer/port.ts";
import { rulesDecomposer } from "../service/decomposer/rules.ts";

/** The file that `oppo serve` and `oppo export` read where none is named. */
export const shippedSwiftConfig = fileURLToPath(
  new URL("../../configs/ms-swift/qwen2.5-omni.yaml", import.meta.url),
);

/** Settings of a service and of the run that uses it. @throws ConfigError naming file and field. */
export function readSwiftOptions(
  file: string | undefined,
  overrides: readonly string[],
): SwiftOptions {
  return loadConfig(file ?? shippedSwiftConfig, swiftOptions, overrides);
}

/** The decomposer that the options describe. */
export function openDecomposer(options: DecomposerOptions): Decomposer {
  if (options.kind === "rules") return rulesDecomposer;
  throw new ConfigError("DECOMPOSER_KIND", "decomposing with a model is not there yet", {
    path: "decomposer.kind",
    hint: "use rules",
  });
}
