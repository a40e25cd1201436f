import { afterEach, describe, expect, it } from "vitest";
import { listen } from "./listen.ts";
import { serviceOptions } from "./options.ts";
import { ask, hashEmbedder, openFakeService, postJson, queued, reference } from "./service.fake.ts";
import type { RewardResult } from "./wire/rewards.ts";

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A service that goes on a request at a time, and with none before `open` is called. */
async function serve() {
  const lines: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const inner = hashEmbedder();
  const embedder = {
    id: inner.id,
    calls: 0,
    embed(texts: readonly string[]) {
      embedder.calls++;
      return gate.then(() => inner.embed(texts));
    },
  };
  const options = { batch: { items: 1, waitMs: 0 } };
  const service = openFakeService({ embedder, log: (line) => lines.push(line) }, options);
  const { url, close } = await listen(
    service,
    serviceOptions.parse({ port: 0, drainSec: 1 }),
    undefined,
  );
  closers.push(close);
  return { url, embedder, lines, service, open: () => open() };
}

/** Reads the answer to its end: its connection is free again. */
async function statusOf(answer: Response): Promise<number> {
  await answer.text();
  return answer.status;
}

/** Waits until the service has seen so many callers hang up. */
async function hungUp(url: string, times: number): Promise<string> {
  for (;;) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    if (metrics.includes(`status="499"} ${times}\n`)) return metrics;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const item = (name: string) => ({
  id: name,
  clip_id: "c",
  reference,
  response: `<think>In the video, raised ${name}. In the audio, a ${name} voice.</think><answer>joy</answer>`,
});

describe("a caller that has gone", () => {
  it("stops its work, and nobody else's", async () => {
    const { url, embedder, lines, service, open } = await serve();
    const asked = Array.from({ length: 20 }, (_, i) => {
      const caller = new AbortController();
      const body = postJson({ items: [item(`n${i}`)] });
      const answer = fetch(`${url}/v1/rewards`, { ...body, signal: caller.signal });
      return {
        caller,
        answer: answer.then(statusOf, () => "gone"),
      };
    });
    await queued(service, 20);
    for (const { caller } of asked.slice(0, 19)) caller.abort();
    await new Promise((resolve) => setTimeout(resolve, 200));
    open();
    expect(await asked[19]!.answer).toBe(200);
    await queued(service, 0);
    // the one that was in work, the one that stayed, and none of the others
    expect(embedder.calls).toBeLessThan(4);
    expect(await hungUp(url, 19)).not.toContain('status="500"');
    expect(lines).toEqual([]);
  });

  it("does not take along who waits for the same, or asks for it later", async () => {
    const { url, service, open } = await serve();
    const send = (names: string[], signal?: AbortSignal) =>
      fetch(`${url}/v1/rewards`, {
        ...postJson({ items: names.map(item) }),
        ...(signal && { signal }),
      });
    const callers = [new AbortController(), new AbortController()];
    const first = send(["a"]);
    await queued(service, 1);
    const gone = callers.map(({ signal }) => send(["b", "c"], signal).catch(() => "gone"));
    await queued(service, 5);
    const stays = send(["b"]);
    await queued(service, 6);
    for (const caller of callers) caller.abort();
    expect(await Promise.all(gone)).toEqual(["gone", "gone"]);
    const later = send(["c", "b"]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    open();
    const statuses = await Promise.all([
      statusOf(await first),
      statusOf(await stays),
      (await later).status,
    ]);
    expect(statuses).toEqual([200, 200, 200]);
    const { json } = await ask<RewardResult>("/v1/rewards", { items: [item("c"), item("b")] });
    expect(((await (await later).json()) as typeof json).results).toEqual(json.results);
  });

  it("leaves the rest of a request undone", async () => {
    const { url, embedder, service, open } = await serve();
    const caller = new AbortController();
    const many = Array.from({ length: 200 }, (_, i) => item(`m${i}`));
    const body = postJson({
      items: many.map((one) => ({ id: one.id, text: one.response, reference })),
    });
    const answer = fetch(`${url}/v1/evidence`, { ...body, signal: caller.signal });
    await queued(service, 200);
    caller.abort();
    await expect(answer).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 100));
    open();
    await queued(service, 0);
    expect(embedder.calls).toBeLessThan(4);
  });
});

it("refuses a reference with more cues than may be brought along", async () => {
  const service = openFakeService({}, { limits: { cues: 10 } });
  const long = Array.from({ length: 30 }, (_, i) => `he sits x${i}`).join(", ");
  const one = {
    ...item("a"),
    reference: `<think>In the video, ${long}.</think><answer>joy</answer>`,
  };
  for (const [path, items] of [
    ["/v1/rewards", [one]],
    ["/v1/evidence", [{ id: "a", text: one.response, reference: one.reference }]],
  ] as const) {
    const { status, json } = await ask(path, { items }, service);
    expect({ status, ...json.error }).toMatchObject({
      status: 413,
      code: "CUES_TOO_MANY",
      path: "items[0].reference",
    });
  }
  expect(
    (await ask("/v1/decompose", { items: [{ id: "a", reference: one.reference }] }, service))
      .status,
  ).toBe(200);
});
