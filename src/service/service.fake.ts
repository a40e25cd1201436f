import { sha256 } from "../core/files.ts";
import type { ChatModel, ChatRequest } from "../endpoint/port.ts";
import { rewardOptions } from "../rewards/options.ts";
import type { Embedder } from "../similarity/port.ts";
import { rulesDecomposer } from "./decomposer/rules.ts";
import { type OpenedService, openService } from "./open.ts";
import { serviceOptions } from "./options.ts";
import type { RewardParts } from "./parts.ts";

/** An embedder of hashed words: equal texts have cosine 1, texts without a common word about 0. */
export function hashEmbedder(delayMs = 0): Embedder & { calls: string[][] } {
  const calls: string[][] = [];
  return {
    id: "hash-1",
    calls,
    async embed(texts) {
      calls.push([...texts]);
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      return texts.map(hashVector);
    },
  };
}

function hashVector(text: string): Float32Array {
  const vector = new Float32Array(256);
  for (const word of text.split(/\W+/).filter(Boolean)) {
    vector[Number.parseInt(sha256(word).slice(0, 2), 16)]! += 1;
  }
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0)) || 1;
  return vector.map((value) => value / length);
}

/** A chat model that gives what `reply` says, and records what it was asked. */
export function scriptedChat(
  reply: (request: ChatRequest, call: number) => string,
): ChatModel & { requests: ChatRequest[] } {
  const requests: ChatRequest[] = [];
  return {
    id: "scripted",
    requests,
    async chat(request) {
      requests.push(request);
      return { text: reply(request, requests.length - 1), finish: "stop", attempts: 1 };
    },
  };
}

/** A service over the hash embedder; `parts` and `options` replace what a test is about. */
export function openFakeService(
  parts: Partial<RewardParts> & { apiKey?: string; log?: (line: string) => void } = {},
  options: Record<string, unknown> = {},
) {
  return openService({
    embedder: hashEmbedder(),
    calibration: { low: 0.5, high: 0.85 },
    reward: rewardOptions.parse({}),
    decomposer: rulesDecomposer,
    ...parts,
    options: serviceOptions.parse(options),
  });
}

export const postJson = (body: unknown, headers: Record<string, string> = {}) => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "Content-Type": "application/json", ...headers },
});

export const reference =
  "<think>In the video, smiling lips and raised brows. In the audio, a loud voice. It is joy.</think><answer>joy</answer>";
export const response =
  "<think>In the video, raised brows. In the audio, a loud voice. It is joy.</think><answer>joy</answer>";

/** An answer's JSON: results, or an error. */
interface Answer<Result> {
  versions: Record<string, string>;
  results: Result[];
  error: { code: string; message: string; path?: string };
}

/** Posts to a service without a port. */
export async function ask<Result>(
  path: string,
  body: unknown,
  service = openFakeService(),
): Promise<{ status: number; headers: Headers; json: Answer<Result> }> {
  const answer = await service.app.request(path, postJson(body));
  const json = (await answer.json()) as Answer<Result>;
  return { status: answer.status, headers: answer.headers, json };
}

/** Waits until so many items are in work. */
export async function queued({ app }: OpenedService, items: number): Promise<void> {
  for (;;) {
    const health = (await (await app.request("/v1/health")).json()) as { queued_items: number };
    if (health.queued_items === items) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
