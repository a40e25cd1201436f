import { hc } from "hono/client";
import { ServiceError } from "../core/errors.ts";
import type { ServiceApp } from "../service/app.ts";
import { type DecomposeResult, decomposeAnswer } from "../service/wire/decompose.ts";
import { type EvidenceResult, evidenceAnswer } from "../service/wire/evidence.ts";
import type { Unit, Versions } from "../service/wire/fields.ts";
import { type RewardResult, rewardsAnswer } from "../service/wire/rewards.ts";
import { call, type RetryOptions } from "./call.ts";
import { checkEchoes } from "./echo.ts";

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

/**
 * Results in the order of the items. Every method throws ServiceError and never gives part of them.
 */
export interface ServiceClient {
  rewards(items: Items<Body<Api["v1"]["rewards"]>>): Promise<RewardResult[]>;
  evidence(items: Items<Body<Api["v1"]["evidence"]>>): Promise<EvidenceResult[]>;
  decompose(items: Items<Body<Api["v1"]["decompose"]>>): Promise<DecomposeResult[]>;
  versions(): Promise<Versions>;
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
  ): Promise<Result[]> {
    const results: Result[] = [];
    for (let from = 0; from < items.length; from += maxBatch) {
      const batch = items.slice(from, from + maxBatch);
      const json = await call((signal) => send(batch, { signal }), retry);
      const checked = answer.safeParse(json);
      if (!checked.success) {
        throw new ServiceError("SERVICE_ANSWER", "reward service: answer of another shape", {
          cause: checked.error,
          hint: "client and service are of different versions",
        });
      }
      const sent = batch.map((item) => ({ id: item.id, text: textOf(item) }));
      checkEchoes(sent, checked.data.results, unit);
      results.push(...checked.data.results);
    }
    return results;
  }

  return {
    rewards: (all) =>
      inBatches(
        all,
        ({ response }) => response,
        (items, init) => v1.rewards.$post({ json: { items, unit } }, { init }),
        rewardsAnswer,
      ),
    evidence: (all) =>
      inBatches(
        all,
        ({ text }) => text,
        (items, init) => v1.evidence.$post({ json: { items, unit } }, { init }),
        evidenceAnswer,
      ),
    decompose: (all) =>
      inBatches(
        all,
        ({ reference }) => reference,
        (items, init) => v1.decompose.$post({ json: { items, unit } }, { init }),
        decomposeAnswer,
      ),
    async versions() {
      const send = (signal: AbortSignal) => v1.capabilities.$get({}, { init: { signal } });
      return ((await call(send, retry)) as { versions: Versions }).versions;
    },
  };
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
