import { afterEach, expect, it } from "vitest";
import type { FakeJob } from "./standing-pool.fake.ts";
import { openStandingPool, type StandingPool } from "./standing-pool.ts";

const open: StandingPool<FakeJob, string>[] = [];
afterEach(() => Promise.all(open.splice(0).map((pool) => pool.close())));

function pool(workers: number, limitMs = 20_000): StandingPool<FakeJob, string> {
  const worker = new URL("./standing-pool.fake.ts", import.meta.url);
  const opened = openStandingPool<FakeJob, string>(worker, { workers, limitMs });
  open.push(opened);
  return opened;
}

it("does many jobs on few threads, each answered with its own result or error", async () => {
  const { run } = pool(2);
  const said = Array.from({ length: 20 }, (_, i) => String(i));
  const results = said.map((say) => run({ say }));
  await expect(run({ fail: "bad" })).rejects.toMatchObject({ code: "FAKE", message: "bad" });
  expect(await Promise.all(results)).toEqual(said);
});

it("ends a job that takes too long, and does the next on a new thread", async () => {
  const { run } = pool(1, 3000);
  const stuck = run({ spin: true });
  const next = run({ say: "next" });
  await expect(stuck).rejects.toMatchObject({ code: "JOB_TIMEOUT" });
  expect(await next).toBe("next");
});

it("goes on after a thread has died", async () => {
  const { run } = pool(1);
  const dead = run({ exit: 3 });
  const next = run({ say: "next" });
  await expect(dead).rejects.toMatchObject({ code: "WORKER_EXIT" });
  expect(await next).toBe("next");
});

it("takes a job that waits out of the queue when its caller has gone", async () => {
  const { run } = pool(1, 4000);
  const caller = new AbortController();
  const stuck = run({ spin: true });
  const waiting = run({ exit: 4 }, caller.signal);
  const other = run({ say: "other" });
  caller.abort(new Error("gone"));
  await expect(waiting).rejects.toThrow("gone");
  await expect(run({ say: "late" }, caller.signal)).rejects.toThrow("gone");
  await expect(stuck).rejects.toMatchObject({ code: "JOB_TIMEOUT" });
  expect(await other).toBe("other");
});

it("refuses what waits and what comes once it is closed", async () => {
  const own = pool(1);
  const stuck = own.run({ spin: true });
  const waiting = own.run({ say: "x" });
  const both = Promise.allSettled([stuck, waiting]);
  await own.close();
  expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(own.run({ say: "x" })).rejects.toMatchObject({ code: "POOL_CLOSED" });
});
