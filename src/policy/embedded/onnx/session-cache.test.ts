import type { InferenceSession } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { SessionCache } from "./session-cache.ts";

/** Sessions that only record their life; a model's first byte is its name, 0 does not open. */
function recorded(limit: number) {
  const log: string[] = [];
  const open = async ([name]: Uint8Array): Promise<InferenceSession> => {
    if (name === 0) throw new Error("no session");
    log.push(`open ${name}`);
    const release = async () => void log.push(`release ${name}`);
    return { release } as InferenceSession;
  };
  return { log, cache: new SessionCache(open, limit) };
}

const models = [0, 1, 2, 3].map((name) => Uint8Array.of(name));
const nothing = async () => {};

describe("SessionCache", () => {
  it("opens once and releases the least recently used beyond its limit", async () => {
    const { log, cache } = recorded(2);
    for (const name of [1, 2, 1, 3, 1, 2]) await cache.use(models[name]!, nothing);
    expect(log).toEqual(["open 1", "open 2", "open 3", "release 2", "open 2", "release 3"]);
    expect(cache.size).toBe(2);
  });

  it("does not release a session that is in use", async () => {
    const { log, cache } = recorded(1);
    await cache.use(models[1]!, async () => {
      await cache.use(models[2]!, nothing);
      expect(log).not.toContain("release 1");
    });
    expect(log).toEqual(["open 1", "open 2", "release 1"]);
  });

  it("tries again after a session failed to open", async () => {
    const { cache } = recorded(2);
    await expect(cache.use(models[0]!, nothing)).rejects.toThrow("no session");
    expect(cache.size).toBe(0);
    await expect(cache.use(models[0]!, nothing)).rejects.toThrow("no session");
  });

  it("releases everything on close and opens no more", async () => {
    const { log, cache } = recorded(2);
    await cache.use(models[1]!, nothing);
    await cache.close();
    expect(log).toEqual(["open 1", "release 1"]);
    await expect(cache.use(models[1]!, nothing)).rejects.toThrow(/closed/);
  });
});
