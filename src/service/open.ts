import { join } from "node:path";
import { type OppoError, ServiceError } from "../core/errors.ts";
import { tryFolder } from "../core/make-folder.ts";
import { createApp, type ServiceApp } from "./app.ts";
import type { Decomposer } from "./decomposer/port.ts";
import { rulesDecomposer } from "./decomposer/rules.ts";
import { storedDecomposer } from "./decomposer/stored.ts";
import { createMetrics } from "./metrics.ts";
import type { ServiceOptions } from "./options.ts";
import { createParser, type Parser } from "./parsing/parser.ts";
import type { RewardParts } from "./parts.ts";
import { createRewardService } from "./service.ts";
import { createAdmission } from "./work/admission.ts";

export interface OpenedService {
  app: ServiceApp;
  /** Refuses new requests; resolves once those in work are answered. */
  stop(): Promise<void>;
  /** Ends its threads; what is not answered by then fails. */
  close(): Promise<void>;
}

/**
 * Puts a service together, without listening yet.
 * @throws ServiceError STATE_FOLDER for a state folder that can't be written, DECOMPOSITIONS_FILE
 *   where it holds something else; OppoError LOG_UNREADABLE.
 */
export function openService(
  parts: RewardParts & { options: ServiceOptions; apiKey?: string; log?: (line: string) => void },
): OpenedService {
  const { options, apiKey, log = () => {} } = parts;
  const admission = createAdmission(options.limits.queuedItems);
  const metrics = createMetrics(() => admission.queued);
  const { stateFolder } = options;
  if (stateFolder !== undefined) tryState(stateFolder, log);
  const file = stateFolder === undefined ? undefined : join(stateFolder, "decompositions.jsonl");
  const parser = createParser();
  const decomposer = storedDecomposer(offLoop(parts.decomposer, parser), file, log);
  const rewardParts = { ...parts, decomposer };
  const service = createRewardService(
    { ...rewardParts, parser, mostCues: options.limits.cues },
    options,
    metrics,
  );
  const app = createApp({ ...rewardParts, service, admission, metrics, options, apiKey, log });
  return { app, stop: () => admission.stop(), close: () => parser.close() };
}

/** Our rules take long for a long reference; other decomposers wait for somebody else's answer. */
const offLoop = (decomposer: Decomposer, parser: Parser): Decomposer =>
  decomposer === rulesDecomposer
    ? { ...decomposer, decompose: async (reference) => parser.decompose(reference) }
    : decomposer;

/** Said at the start, not at each request. A full disk may have room again before it is needed. */
function tryState(folder: string, log: (line: string) => void): void {
  try {
    tryFolder(folder);
  } catch (error) {
    const { message, details, cause } = error as OppoError;
    if (["ENOSPC", "EDQUOT"].includes((cause as NodeJS.ErrnoException).code ?? "")) {
      log(`${message}; until then references that are not known yet get 503`);
      return;
    }
    throw new ServiceError("STATE_FOLDER", message, {
      path: "service.stateFolder",
      cause: details,
    });
  }
}
