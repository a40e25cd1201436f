import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { rewardOptions } from "../rewards/options.ts";
import { listen } from "../service/listen.ts";
import { serviceOptions } from "../service/options.ts";
import { hashEmbedder, openFakeService, reference, response } from "../service/service.fake.ts";
import { openServiceClient } from "./client.ts";

const quick = { minPauseMs: 1, maxPauseMs: 5 };
const local = serviceOptions.parse({ port: 0, drainSec: 5 });
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(...args: Parameters<typeof openFakeService>): Promise<string> {
  const { url, close } = await listen(openFakeService(...args), local, args[0]?.apiKey);
  closers.push(close);
  return url;
}

/** A server that gives scripted answers in turn, the last one for ever. */
async function scripted(...answers: RequestListener[]): Promise<{ url: string; calls(): number }> {
  let calls = 0;
  const server: Server = createServer((request, reply) => {
    answers[Math.min(calls++, answers.length - 1)]!(request, reply);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
  };
}

const status =
  (code: number, body: object = {}, headers: Record<string, string> = {}): RequestListener =>
  (_request, reply) =>
    reply.writeHead(code, headers).end(JSON.stringify(body));

const items = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `i${i}`,
    clip_id: `clip ${i % 4}`,
    response: i % 2 === 0 ? response : `${response} 😀 ${i}`,
    reference,
  }));

describe("service client", () => {
  it("splits a big batch and puts it together in order", async () => {
    const url = await serve({}, { limits: { items: 7 } });
    const client = openServiceClient({ url, maxBatch: 7 });
    const sent = items(20);
    const results = await client.rewards(sent);
    expect(results.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
    const whole = await openServiceClient({ url: await serve() }).rewards(sent);
    expect(results).toEqual(whole);
  });

  it("gets evidence and decompositions in the unit it asks for", async () => {
    const client = openServiceClient({ url: await serve(), unit: "code_point" });
    const text = "<think>In the video, 😀 raised brows.</think><answer>joy</answer>";
    const [evidence] = await client.evidence([{ id: "a", text }]);
    expect(evidence!.length).toBe([...text].length);
    expect((await client.decompose([{ id: "a", reference }]))[0]!.answer).toBe("joy");
    expect((await client.versions()).embedder).toBe("hash-1");
  });

  it("asks for a form or a selector by name, and gets results of that shape", async () => {
    const client = openServiceClient({ url: await serve(), maxBatch: 2 });
    const printed = await client.rewards(items(3), { form: "paper" });
    expect(printed.map(({ terms }) => terms.omni > 0)).toEqual([true, true, true]);
    expect((await client.rewards(items(1), { form: "oppo" }))[0]!.terms.perception).toBeGreaterThan(
      0,
    );
    const texts = [{ id: "a", text: response, reference }];
    const [evidence] = await client.evidence(texts, { selector: "reference" });
    const { start, end, cue } = evidence!.spans[0]!;
    expect(response.slice(start, end)).toContain(cue.text);
    expect((await client.capabilities()).forms).toEqual(["oppo", "paper"]);
  });

  it("refuses an answer in a form or by a selector that was not asked for", async () => {
    const url = await serve({ reward: rewardOptions.parse({ form: "paper" }) });
    await expect(openServiceClient({ url }).rewards(items(1))).rejects.toMatchObject({
      code: "ECHO",
      message: expect.stringContaining("it answers in form 'paper'"),
    });
    const deaf = await scripted(status(200, { versions: {}, unit: "utf16", results: [] }));
    const client = openServiceClient({ url: deaf.url, ...quick });
    await expect(client.rewards(items(1), { form: "paper" })).rejects.toMatchObject({
      code: "ECHO",
      message: expect.stringContaining("form 'paper' was asked for, and the answer names none"),
    });
    const texts = [{ id: "a", text: response, reference }];
    await expect(client.evidence(texts, { selector: "reference" })).rejects.toThrow(
      /selector 'reference' was asked for/,
    );
  });

  it("sends the key", async () => {
    const url = await serve({ apiKey: "secret" });
    const [result] = await openServiceClient({ url, apiKey: "secret" }).rewards(items(1));
    expect(result!.reward).toBeGreaterThan(0);
    await expect(openServiceClient({ url, ...quick }).rewards(items(1))).rejects.toMatchObject({
      code: "UNAUTHORIZED",
    });
  });

  it("comes back when the queue was full, until it is answered", async () => {
    const url = await serve({ embedder: hashEmbedder(5) }, { limits: { queuedItems: 4 } });
    const ask = (i: number) =>
      openServiceClient({ url, ...quick, retries: 50 }).rewards([
        { ...items(1)[0]!, response: `${response} ${i}` },
      ]);
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => ask(i)));
    expect(answers.flat()).toHaveLength(12);
  });

  it("repeats after 429, 503, cut answers and lost connections, as often as it may", async () => {
    const good = await serve();
    const { url, calls } = await scripted(
      status(429, {}, { "Retry-After": "0" }),
      status(503),
      (request, reply) => {
        reply.writeHead(200, { "Content-Length": "99" });
        reply.write('{"versions"', () => request.socket.destroy());
      },
      (request) => request.socket.destroy(),
      (request, reply) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", async () => {
          const answer = await fetch(`${good}${request.url}`, {
            method: "POST",
            body: Buffer.concat(chunks),
            headers: { "Content-Type": "application/json" },
          });
          reply.writeHead(200).end(await answer.text());
        });
      },
    );
    const [result] = await openServiceClient({ url, ...quick }).rewards(items(1));
    expect(result!.reward).toBeGreaterThan(0);
    expect(calls()).toBe(5);
    const down = await scripted(status(503, { error: { code: "STOPPING", message: "no" } }));
    const failed = openServiceClient({ url: down.url, ...quick, retries: 2 }).rewards(items(1));
    await expect(failed).rejects.toMatchObject({ code: "STOPPING" });
    expect(down.calls()).toBe(3);
  });

  it("does not repeat what is wrong with the request", async () => {
    const error = { code: "LABEL_MISSING", message: "no labels", path: "items[0].labels" };
    const { url, calls } = await scripted(status(400, { error }));
    await expect(openServiceClient({ url, ...quick }).rewards(items(1))).rejects.toMatchObject({
      code: "LABEL_MISSING",
      details: { path: "items[0].labels" },
    });
    expect(calls()).toBe(1);
  });

  it.each([
    ["another id", (r: { id: string }) => ({ ...r, id: "x" })],
    ["another text", (r: object) => ({ ...r, sha256: "0".repeat(64) })],
    ["another length", (r: object) => ({ ...r, length: 1 })],
  ])("refuses a result about %s", async (_name, change) => {
    const real = await openServiceClient({ url: await serve() }).evidence([
      { id: "a", text: "ab" },
    ]);
    const versions = await openServiceClient({ url: await serve() }).versions();
    const results = real.map(change as never);
    const { url } = await scripted(status(200, { versions, unit: "utf16", results }));
    const asked = openServiceClient({ url, ...quick }).evidence([{ id: "a", text: "ab" }]);
    await expect(asked).rejects.toMatchObject({ code: "ECHO" });
  });
});
