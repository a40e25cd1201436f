import { describe, expect, it } from "vitest";
import { createAdmission } from "./admission.ts";
import { createBatcher } from "./batcher.ts";
import { createBodyRoom } from "./body-room.ts";
import { resultCache } from "./result-cache.ts";
import { createBreath, startEach } from "./yield-turn.ts";

const all = { maxItems: 8, waitMs: 0, mayBeOneItem: () => true };

describe("batcher", () => {
  it("joins concurrent submissions, in order, and gives each its own results", async () => {
    const batches: number[][] = [];
    const batcher = createBatcher<number, number>({
      ...all,
      run: (items) => {
        batches.push([...items]);
        return Promise.resolve(items.map((item) => item * 10));
      },
    });
    const results = await Promise.all([[1, 2], [3], [4, 5, 6]].map((x) => batcher.submit(x)));
    expect(results).toEqual([[10, 20], [30], [40, 50, 60]]);
    expect(batches).toEqual([[1, 2, 3, 4, 5, 6]]);
  });

  it("fills a batch up to its limit, and runs a larger submission whole", async () => {
    const sizes: number[] = [];
    const batcher = createBatcher<number, number>({
      ...all,
      run: (items) => {
        sizes.push(items.length);
        return Promise.resolve([...items]);
      },
    });
    await Promise.all([5, 3, 1, 20, 2].map((n) => batcher.submit(Array(n).fill(n) as number[])));
    expect(sizes).toEqual([8, 1, 20, 2]);
  });

  it("never runs two batches at once, and takes what came while one ran", async () => {
    let running = 0;
    const sizes: number[] = [];
    const batcher = createBatcher<number, number>({
      ...all,
      async run(items) {
        expect(++running).toBe(1);
        sizes.push(items.length);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return [...items];
      },
    });
    const first = batcher.submit([1]);
    await new Promise((resolve) => setTimeout(resolve, 3));
    await Promise.all([first, ...[2, 3, 4].map((n) => batcher.submit([n]))]);
    expect(sizes).toEqual([1, 3]);
  });

  it("lets one caller's bad item fail that caller only", async () => {
    const batcher = createBatcher<number, number>({
      ...all,
      run: (items) =>
        items.includes(13) ? Promise.reject(new Error("bad")) : Promise.resolve([...items]),
    });
    const [good, bad, later] = await Promise.allSettled([
      batcher.submit([1]),
      batcher.submit([2, 13]),
      batcher.submit([3]),
    ]);
    expect([good.status, bad.status, later.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("fails all at once where no single item can be to blame", async () => {
    let runs = 0;
    const batcher = createBatcher<number, number>({
      ...all,
      mayBeOneItem: () => false,
      run() {
        runs++;
        return Promise.reject(new Error("down"));
      },
    });
    const results = await Promise.allSettled([batcher.submit([1]), batcher.submit([2])]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(runs).toBe(1);
  });
});

describe("result cache", () => {
  it("drops the least recently used beyond its bound", () => {
    const cache = resultCache<number>(2);
    cache.set("a", Promise.resolve(1));
    cache.set("b", Promise.resolve(2));
    expect(cache.get("a")).toBeDefined();
    cache.set("c", Promise.resolve(3));
    expect(cache.get("b")).toBeUndefined();
    expect(cache.get("a")).toBeDefined();
    expect(cache.size).toBe(2);
  });

  it("forgets failures", async () => {
    const cache = resultCache<number>(2);
    const work = Promise.reject(new Error("no"));
    cache.set("a", work);
    await expect(cache.get("a")).rejects.toThrow("no");
    await Promise.resolve();
    expect(cache.get("a")).toBeUndefined();
  });
});

describe("admission", () => {
  it("refuses beyond its bound with a time to come back, and takes again when there is room", async () => {
    const admission = createAdmission(10);
    let finish = () => {};
    const first = admission.admit(8, () => new Promise<void>((resolve) => (finish = resolve)));
    const refused = await admission.admit(3, () => Promise.resolve()).catch((error) => error);
    expect(refused).toMatchObject({ status: 429, code: "QUEUE_FULL" });
    expect(refused.retryAfterSec).toBeGreaterThanOrEqual(1);
    expect(await admission.admit(2, () => Promise.resolve("fits"))).toBe("fits");
    finish();
    await first;
    expect(await admission.admit(10, () => Promise.resolve("all"))).toBe("all");
    expect(admission.queued).toBe(0);
  });

  it("gives room back when the work fails", async () => {
    const admission = createAdmission(1);
    await expect(admission.admit(1, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(admission.queued).toBe(0);
  });

  it("stops: nothing new is let in, what is in work is waited for", async () => {
    const admission = createAdmission(4);
    let finish = () => {};
    const work = admission.admit(1, () => new Promise<void>((resolve) => (finish = resolve)));
    let stopped = false;
    const stop = admission.stop().then(() => (stopped = true));
    await expect(admission.admit(1, () => Promise.resolve())).rejects.toMatchObject({
      status: 503,
      code: "STOPPING",
    });
    expect(stopped).toBe(false);
    finish();
    await Promise.all([work, stop]);
    expect(stopped).toBe(true);
  });
});

describe("breath", () => {
  /** Order in which items were begun and turns of the event loop passed. */
  async function begun(maxMs: number): Promise<string[]> {
    const events: string[] = [];
    let on = true;
    const tick = () => {
      if (!on) return;
      events.push("turn");
      setImmediate(tick);
    };
    const breathe = createBreath(maxMs);
    await new Promise((resolve) => setImmediate(resolve));
    setImmediate(tick);
    await startEach(["a", "b", "c"], breathe, (item) => {
      events.push(item);
      return Promise.resolve();
    });
    on = false;
    return events;
  }

  it("lets the server do other work between items once its time is up", async () => {
    expect((await begun(0)).join(" ")).toMatch(/a( turn)+ b( turn)+ c/);
  });

  it("costs no turn before", async () => {
    expect(await begun(60_000)).toEqual(["a", "b", "c"]);
  });

  it("keeps order, and fails as the item did, also one that failed while others started", async () => {
    const breathe = createBreath(0);
    const slow = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms, ms));
    expect(await startEach([9, 1, 5], breathe, slow)).toEqual([9, 1, 5]);
    const failing = (item: number) => (item === 1 ? Promise.reject(new Error("one")) : slow(5));
    await expect(startEach([1, 2, 3], breathe, failing)).rejects.toThrow("one");
  });
});

describe("room for bodies", () => {
  const full = expect.objectContaining({ status: 429, code: "QUEUE_FULL" });

  it("refuses what does not fit until room is given back", () => {
    const room = createBodyRoom(100);
    const [one, other] = [room.open(() => {}), room.open(() => {})];
    one.grow(60);
    expect(() => other.grow(41)).toThrow(full);
    other.grow(40);
    one.leave();
    one.leave();
    expect(() => other.grow(61)).toThrow(full);
    other.grow(60);
  });

  it("gives the room of a body that stands still to others, never that of one that has arrived", async () => {
    const room = createBodyRoom(100, 5);
    const evicted: string[] = [];
    const [still, whole, later] = ["still", "whole", "later"].map((name) =>
      room.open(({ code }) => evicted.push(`${name} ${code}`)),
    );
    still!.grow(50);
    whole!.grow(50);
    whole!.settle();
    expect(() => later!.grow(50)).toThrow(full);
    await new Promise((resolve) => setTimeout(resolve, 20));
    later!.grow(50);
    expect(evicted).toEqual(["still BODY_STALLED"]);
    expect(() => room.open(() => {}).grow(50)).toThrow(full);
  });
});
