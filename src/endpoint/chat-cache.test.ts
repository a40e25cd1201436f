import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cachedChat, requestKey } from "./chat-cache.ts";
import type { ChatModel, ChatPart, ChatRequest } from "./port.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-chat-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function countingModel(): ChatModel & { asked: number } {
  const model = {
    id: "m",
    asked: 0,
    async chat(request: ChatRequest) {
      model.asked++;
      const text = JSON.stringify(request.messages);
      return { text, finish: "stop" as const, attempts: 3 };
    },
  };
  return model;
}

const request = (text: string, parts: readonly ChatPart[] = []): ChatRequest => ({
  messages: [{ role: "user", content: [{ kind: "text", text }, ...parts] }],
  temperature: 0,
  maxTokens: 5,
});

describe("cachedChat", () => {
  it("asks anew where the remembered reply was of no use, and remembers the new one", async () => {
    const file = join(folder, "chat.jsonl");
    let reply = "none";
    const inner: ChatModel = {
      id: "m",
      chat: async () => ({ text: reply, finish: "stop", attempts: 1 }),
    };
    await cachedChat(inner, file).chat(request("a"));
    reply = "a score";
    expect((await cachedChat(inner, file).chat(request("a"))).text).toBe("none");
    expect((await cachedChat(inner, file).chat({ ...request("a"), fresh: true })).text).toBe(reply);
    expect(await cachedChat(inner, file).chat(request("a"))).toMatchObject({
      text: reply,
      attempts: 0,
    });
  });

  it("asks once for one content, also while an answer is under way and in later runs", async () => {
    const file = join(folder, "chat.jsonl");
    const inner = countingModel();
    const chat = cachedChat(inner, file);
    const both = await Promise.all([chat.chat(request("a")), chat.chat(request("a"))]);
    expect(both.map(({ attempts }) => attempts)).toEqual([3, 0]);
    await chat.chat(request("b"));
    expect(inner.asked).toBe(2);
    appendFileSync(file, '{"key":"cut');
    const later = countingModel();
    const again = await cachedChat(later, file).chat(request("a"));
    expect(again).toEqual({ ...both[0], attempts: 0 });
    expect(later.asked).toBe(0);
    await cachedChat(later, file).chat(request("c"));
    expect((await cachedChat(countingModel(), file).chat(request("c"))).attempts).toBe(0);
  });

  it("never remembers answers that were drawn by chance, nor failures", async () => {
    const inner = countingModel();
    const chat = cachedChat(inner);
    await chat.chat({ ...request("a"), temperature: 0.7 });
    await chat.chat({ ...request("a"), temperature: 0.7 });
    expect(inner.asked).toBe(2);
    let fails = true;
    const flaky = cachedChat({
      id: "f",
      chat: (r) => (fails ? Promise.reject(new Error("down")) : inner.chat(r)),
    });
    await expect(flaky.chat(request("a"))).rejects.toThrow("down");
    fails = false;
    expect((await flaky.chat(request("a"))).attempts).toBe(3);
  });

  it("tells models, seeds and media bytes apart", () => {
    const image = (byte: number): ChatPart => ({
      kind: "image",
      bytes: Uint8Array.of(byte),
      mime: "image/jpeg",
    });
    const keys = [
      requestKey("m", request("a")),
      requestKey("n", request("a")),
      requestKey("m", { ...request("a"), seed: 1 }),
      requestKey("m", request("a", [image(1)])),
      requestKey("m", request("a", [image(2)])),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(requestKey("m", request("a", [image(1)]))).toBe(keys[3]);
  });

  it("names file and line of a row that is no answer", () => {
    const file = join(folder, "chat.jsonl");
    writeFileSync(file, '{"key":"a","answer":{"text":"x","finish":"stop"}}\n{"key":1}\n');
    expect(() => cachedChat(countingModel(), file)).toThrow(/chat.jsonl:2.*only a cache/);
  });
});
