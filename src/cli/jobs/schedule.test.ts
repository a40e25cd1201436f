import { describe, expect, it } from "vitest";
import type { Job } from "./job.ts";
import { type Seats, schedule } from "./schedule.ts";

const job = (id: string, after: string[] = [], cost = 1): Job => ({
  id,
  system: id,
  kind: "train",
  after,
  cost,
});
const demo = [
  job("start"),
  job("short", ["start"], 0.5),
  job("long", ["start"], 3),
  job("top"),
  job("measure short", ["short"], 0.1),
];

/** Runs jobs that last as long as they cost; what began and ended, in order, and with what. */
async function played(jobs: readonly Job[], seats: Seats, failing: readonly string[] = []) {
  const events: string[] = [];
  const threads: Record<string, number> = {};
  let now = 0;
  let [running, most] = [0, 0];
  const sleeping: { at: number; wake: () => void }[] = [];
  const perform = async ({ id, cost }: Job, count: number): Promise<void> => {
    events.push(`+${id}`);
    threads[id] = count;
    most = Math.max(most, ++running);
    await new Promise<void>((wake) => sleeping.push({ at: now + cost, wake }));
    running--;
    events.push(`-${id}`);
    if (failing.includes(id)) throw new Error(`${id} broke`);
  };
  const all = schedule(jobs, seats, perform);
  let open = true;
  const done = all.finally(() => {
    open = false;
  });
  while (open) {
    await new Promise((resolve) => setImmediate(resolve));
    sleeping.sort((a, b) => a.at - b.at);
    const next = sleeping.shift();
    if (next === undefined) continue;
    now = next.at;
    next.wake();
  }
  return { events, threads, most, took: now, failures: await done };
}

describe("schedule", () => {
  it("begins nothing before what it rests on has ended", async () => {
    const { events } = await played(demo, { jobs: 4, cores: 4 });
    for (const { id, after } of demo) {
      for (const other of after) {
        expect(events.indexOf(`-${other}`)).toBeLessThan(events.indexOf(`+${id}`));
      }
    }
    expect(events).toHaveLength(2 * demo.length);
  });

  it("keeps to the number of seats", async () => {
    expect((await played(demo, { jobs: 2, cores: 8 })).most).toBe(2);
    expect((await played(demo, { jobs: 1, cores: 8 })).most).toBe(1);
  });

  it("with one seat does them in the order given, as one process always did", async () => {
    const { events } = await played(demo, { jobs: 1, cores: 2, threads: 2 });
    const begun = events.filter((event) => event.startsWith("+")).map((event) => event.slice(1));
    expect(begun).toEqual(["start", "short", "long", "top", "measure short"]);
  });

  it("begins what ends last first: no core idles while a long job waits", async () => {
    const { took } = await played(demo, { jobs: 2, cores: 2 });
    expect(took).toBe(4);
  });

  it("gives two threads where cores are free, one where they are not", async () => {
    const four = await played(demo, { jobs: 4, cores: 4 });
    expect(four.threads).toMatchObject({ start: 2, top: 2 });
    const two = await played(demo, { jobs: 2, cores: 2 });
    expect(two.threads).toMatchObject({ start: 1, top: 1, short: 1 });
  });

  it("gives two threads to a job that lasts longer than all others together", async () => {
    const { threads } = await played(demo, { jobs: 2, cores: 2 });
    expect(threads.long).toBe(2);
    const even = demo.map((each) => (each.id === "long" ? { ...each, cost: 0.55 } : each));
    expect((await played(even, { jobs: 2, cores: 2 })).threads.long).toBe(1);
  });

  it("uses as many threads as somebody asked for", async () => {
    const { threads } = await played(demo, { jobs: 2, cores: 8, threads: 4 });
    expect(new Set(Object.values(threads))).toEqual(new Set([4]));
  });

  it("a failure takes down what rests on it, and the others are finished", async () => {
    const { events, failures } = await played(demo, { jobs: 2, cores: 2 }, ["short"]);
    expect(failures.map(({ job, error }) => [job.id, (error as Error).message])).toEqual([
      ["short", "short broke"],
    ]);
    expect(events).toContain("-long");
    expect(events).toContain("-top");
    expect(events).not.toContain("+measure short");
    const first = await played(demo, { jobs: 1, cores: 2 }, ["start"]);
    expect(first.events).toEqual(["+start", "-start", "+top", "-top"]);
  });
});
