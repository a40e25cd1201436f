import { hc } from "hono/client";
import { ServiceError } from "../core/errors.ts";
import type { ServiceApp } from "../service/app.ts";
import { type DecomposeResult, decomposeAnswer } from "../service/wire/decompose.ts";
import {
  type EvidenceResult,
  evidenceAnswer,
  type ReferenceEvidenceResult,
  referenceEvidenceAnswer,
} from "../service/wire/evidence.ts";
import type { Unit, Versions } from "../service/wire/fields.ts";
import { type PaperRewardResult, paperRewardsAnswer } from "../service/wire/paper-rewards.ts";
import { type RewardResult, rewardsAnswer } from "../service/wire/rewards.ts";
import { type Capabilities, capabilities } from "../service/wire/status.ts";
import { call, type RetryOptions } from "./call.ts";
import { checkEchoes, checkSpoken } from "./echo.ts";

export interface ServiceClientOptions extends Partial<RetryOptions> {
  /** `http://127.0.0.1:8791`. */
  url: string;
  apiKey?: string;
  /** Items per request; more are split. Default 256. */
  maxBatch?: number;
  /** Unit of offsets in results. Default utf16, as JavaScript counts. */
  unit?: Unit;
}

type Api = ReturnType<typeof hc<ServiceApp>>;
type Body<Route extends { $post: (args: never) => unknown }> = Parameters<
  Route["$post"]
>[0] extends { json: infer Json }
  ? Json
  : never;
type Items<B> = B extends { items: (infer Item)[] } ? readonly Item[] : never;
type RewardItems = Items<Body<Api["v1"]["rewards"]>>;
type EvidenceItems = Items<Body<Api["v1"]["evidence"]>>;

/**
 * Results in the order of the items. Every method throws ServiceError and never gives part of them.
 */
export interface ServiceClient {
  /** @throws ServiceError ECHO where no form is named and the service's own is `paper`. */
  rewards(items: RewardItems, options?: { form?: "oppo" }): Promise<RewardResult[]>;
  /** The reward as OPPO's paper prints it. */
  rewards(items: RewardItems, options: { form: "paper" }): Promise<PaperRewardResult[]>;
  evidence(items: EvidenceItems, options?: { selector?: "own" }): Promise<EvidenceResult[]>;
  /** Whole clauses that a cue of the reference stands behind. */
  evidence(
    items: EvidenceItems,
    options: { selector: "reference" },
  ): Promise<ReferenceEvidenceResult[]>;
  decompose(items: Items<Body<Api["v1"]["decompose"]>>): Promise<DecomposeResult[]>;
  versions(): Promise<Versions>;
  /** Limits, settings, and the forms and selectors that the service speaks. */
  capabilities(): Promise<Capabilities>;
}

/** Opens a client. Nothing is sent before the first call. */
export function openServiceClient(options: ServiceClientOptions): ServiceClient {
  const { url, apiKey, maxBatch = 256, unit = "utf16" } = options;
  const { timeoutSec = 120, retries = 8, minPauseMs = 200, maxPauseMs = 10_000 } = options;
  const retry = { timeoutSec, retries, minPauseMs, maxPauseMs };
  const headers = apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` };
  const { v1 } = hc<ServiceApp>(url, { headers });

  /** Splits, sends, checks the shape of each answer and that it is about what was sent. */
  async function inBatches<Item extends { id: string }, Result extends Echoed>(
    items: readonly Item[],
    textOf: (item: Item) => string,
    send: (items: Item[], init: { signal: AbortSignal }) => Promise<Response>,
    answer: AnswerSchema<Result>,
    spoken: Spoken = {},
  ): Promise<Result[]> {
    const results: Result[] = [];
    for (let from = 0; from < items.length; from += maxBatch) {
      const batch = items.slice(from, from + maxBatch);
      const json = await call((signal) => send(batch, { signal }), retry);
      for (const field of ["form", "selector"] as const) {
        checkSpoken(field, spoken[field], (json as Spoken | null)?.[field]);
      }
      const checked = answer.safeParse(json);
      if (!checked.success) {
        throw otherShape(checked.error);
      }
      const sent = batch.map((item) => ({ id: item.id, text: textOf(item) }));
      checkEchoes(sent, checked.data.results, unit);
      results.push(...checked.data.results);
    }
    return results;
  }

  const status = () => call((signal) => v1.capabilities.$get({}, { init: { signal } }), retry);

  function rewards(
    all: RewardItems,
    { form }: { form?: "oppo" | "paper" } = {},
  ): Promise<(RewardResult | PaperRewardResult)[]> {
    const spoken = form === undefined ? {} : { form };
    return inBatches<RewardItems[number], RewardResult | PaperRewardResult>(
      all,
      ({ response }) => response,
      (items, init) => v1.rewards.$post({ json: { items, unit, ...spoken } }, { init }),
      form === "paper" ? paperRewardsAnswer : rewardsAnswer,
      spoken,
    );
  }

  function evidence(
    all: EvidenceItems,
    { selector }: { selector?: "own" | "reference" } = {},
  ): Promise<(EvidenceResult | ReferenceEvidenceResult)[]> {
    const spoken = selector === undefined ? {} : { selector };
    return inBatches<EvidenceItems[number], EvidenceResult | ReferenceEvidenceResult>(
      all,
      ({ text }) => text,
      (items, init) => v1.evidence.$post({ json: { items, unit, ...spoken } }, { init }),
      selector === "reference" ? referenceEvidenceAnswer : evidenceAnswer,
      spoken,
    );
  }

  return {
    rewards: rewards as ServiceClient["rewards"],
    evidence: evidence as ServiceClient["evidence"],
    decompose: (all) =>
      inBatches(
        all,
        ({ reference }) => reference,
        (items, init) => v1.decompose.$post({ json: { items, unit } }, { init }),
        decomposeAnswer,
      ),
    versions: async () => ((await status()) as { versions: Versions }).versions,
    async capabilities() {
      const checked = capabilities.safeParse(await status());
      if (!checked.success) throw otherShape(checked.error);
      return checked.data;
    },
  };
}

const otherShape = (cause: unknown) =>
  new ServiceError("SERVICE_ANSWER", "reward service: answer of another shape", {
    cause,
    hint: "client and service are of different versions",
  });

/** What a request, and the answer to it, may name. */
interface Spoken {
  form?: string;
  selector?: string;
}

interface Echoed {
  id: string;
  length: number;
  sha256: string;
}

interface AnswerSchema<Result> {
  safeParse(
    value: unknown,
  ): { success: true; data: { results: Result[] } } | { success: false; error: unknown };
}
