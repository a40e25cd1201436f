import { Agent, getGlobalDispatcher, setGlobalDispatcher } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import type { FakeRequest } from "./fake-request.fake.ts";
import { type FakeServer, type Fault, faults, startFakeServer } from "./fake-server.fake.ts";
import { openChatModel } from "./openai-chat.ts";
import type { ChatRequest } from "./port.ts";

let server: FakeServer | undefined;
afterEach(() => server?.close());

const request: ChatRequest = {
  messages: [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hello" },
  ],
  temperature: 0,
  maxTokens: 20,
};
const fast = { baseDelayMs: 1, maxDelayMs: 4 };

async function serve(script: readonly (Fault | undefined)[], answer = (r: FakeRequest) => r.text) {
  server = await startFakeServer({ answer, fault: (_, attempt) => script[attempt - 1] });
  const stalls = script.some((fault) => fault?.startsWith("stall"));
  return { baseUrl: server.baseUrl, model: "m", retry: fast, timeoutMs: stalls ? 300 : 10_000 };
}

describe("openChatModel", () => {
  it("sends what was asked and returns text, finish and usage", async () => {
    const options = await serve([]);
    const model = openChatModel({ ...options, apiKey: "secret", extra: { top_p: 0.8 } });
    const answer = await model.chat({ ...request, seed: 3, schema: { name: "s", schema: {} } });
    expect(answer).toMatchObject({ text: "Be brief.\nHello", finish: "stop", attempts: 1 });
    expect(answer.usage).toEqual({ promptTokens: 3, completionTokens: 3 });
    expect(server!.requests[0]).toMatchObject({
      model: "m",
      temperature: 0,
      maxTokens: 20,
      seed: 3,
      schema: {},
      authorization: "Bearer secret",
    });
    expect(model.id).toBe(`m at ${options.baseUrl}`);
    const local = options.baseUrl.replace("127.0.0.1", "localhost");
    expect(openChatModel({ ...options, baseUrl: `${local}/` }).id).toBe(model.id);
  });

  it("says where an answer was cut", async () => {
    const model = openChatModel(await serve([]));
    expect(await model.chat({ ...request, maxTokens: 2 })).toMatchObject({ finish: "length" });
  });

  it("waits as long as it is told to, whatever limit Node's fetch has", async () => {
    const before = getGlobalDispatcher();
    setGlobalDispatcher(new Agent({ headersTimeout: 200 }));
    try {
      server = await startFakeServer({ answer: ({ text }) => text, latencyMs: 2500 });
      const once = { model: "m", retry: { maxAttempts: 1 }, timeoutMs: 20_000 };
      const model = openChatModel({ ...once, baseUrl: server.baseUrl });
      expect((await model.chat(request)).attempts).toBe(1);
    } finally {
      setGlobalDispatcher(before);
    }
  });

  const transient = faults.filter((fault) => fault !== "malformed");
  it.each(transient)("asks again after %s", async (fault) => {
    const model = openChatModel(await serve([fault]));
    const { text, attempts } = await model.chat(request);
    expect(text).toBe("Be brief.\nHello");
    expect(attempts).toBeGreaterThan(1);
  });

  it.each([
    ["429", "ENDPOINT_HTTP", /HTTP 429.*slow down/],
    ["stall", "ENDPOINT_TIMEOUT", /within 0.3 s/],
    ["stall-body", "ENDPOINT_TIMEOUT", /within 0.3 s/],
    ["reset", "ENDPOINT_UNREACHABLE", /no connection/],
    ["truncate", "ENDPOINT_UNREACHABLE", /no connection/],
    ["garbage", "ENDPOINT_BROKEN", /not whole JSON/],
    ["empty", "ENDPOINT_EMPTY", /choices are empty/],
  ] as const)("gives up after the last allowed %s", async (fault, code, message) => {
    const options = await serve([fault, fault, fault]);
    const model = openChatModel({ ...options, retry: { ...fast, maxAttempts: 2 } });
    await expect(model.chat(request)).rejects.toMatchObject({ code });
    expect(server!.requests).toHaveLength(2);
    const error: Error = await openChatModel({ ...options, retry: { maxAttempts: 1 } })
      .chat(request)
      .then(
        () => expect.fail("an answer came"),
        (cause) => cause,
      );
    expect(error.message).toMatch(message);
  });

  it("counts the requests in the message, with one hint", async () => {
    const options = await serve(["500", "500"]);
    const model = openChatModel({ ...options, retry: { ...fast, maxAttempts: 2 } });
    await expect(model.chat(request)).rejects.toThrow(/out of memory[^(]*after 2 requests \(lower/);
  });

  it("never asks again where the request itself is wrong, and hides the key", async () => {
    const options = await serve([]);
    const bad = openChatModel({ ...options, apiKey: "sk-1234", model: "sk-1234" });
    await expect(bad.chat({ ...request, messages: [] })).rejects.toMatchObject({
      code: "ENDPOINT_HTTP",
      message: expect.not.stringContaining("sk-1234"),
    });
    const lost = openChatModel({ ...options, baseUrl: `${options.baseUrl}/v2` });
    await expect(lost.chat(request)).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
    expect(server!.requests).toHaveLength(0);
  });

  it("gives up at once where the server wishes a pause that is too long", async () => {
    const model = openChatModel({ ...(await serve(["429-after"])), retry: { maxRetryAfterMs: 1 } });
    await expect(model.chat(request)).rejects.toMatchObject({ code: "ENDPOINT_HTTP" });
  });

  it("keeps to its concurrency", async () => {
    server = await startFakeServer({ answer: ({ text }) => text, latencyMs: 5 });
    const model = openChatModel({ baseUrl: server.baseUrl, model: "m", concurrency: 2 });
    const texts = Array.from({ length: 9 }, (_, i) => String(i));
    const answers = await Promise.all(
      texts.map((content) => model.chat({ ...request, messages: [{ role: "user", content }] })),
    );
    expect(answers.map(({ text }) => text)).toEqual(texts);
    expect(server.mostAtOnce()).toBe(2);
  });
});
