import { join } from "node:path";
import { createApp, type ServiceApp } from "./app.ts";
import { storedDecomposer } from "./decomposer/stored.ts";
import { createMetrics } from "./metrics.ts";
import type { ServiceOptions } from "./options.ts";
import type { RewardParts } from "./parts.ts";
import { createRewardService } from "./service.ts";
import { createAdmission } from "./work/admission.ts";

export interface OpenedService {
  app: ServiceApp;
  /** Refuses new requests; resolves once those in work are answered. */
  stop(): Promise<void>;
}

/**
 * Puts a service together, without listening yet.
 * @throws ServiceError DECOMPOSITIONS_FILE where the state folder holds something else.
 */
export function openService(
  parts: RewardParts & { options: ServiceOptions; apiKey?: string; log?: (line: string) => void },
): OpenedService {
  const { options, apiKey, log = () => {} } = parts;
  const admission = createAdmission(options.limits.queuedItems);
  const metrics = createMetrics(() => admission.queued);
  const file =
    options.stateFolder === undefined
      ? undefined
      : join(options.stateFolder, "decompositions.jsonl");
  const decomposer = storedDecomposer(parts.decomposer, file);
  const rewardParts = { ...parts, decomposer };
  const service = createRewardService(rewardParts, options, metrics);
  const app = createApp({ ...rewardParts, service, admission, metrics, options, apiKey, log });
  return { app, stop: () => admission.stop() };
}
