import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { isShared, sharedFloats } from "./shared-memory.ts";

it("hands an array to another thread without copying it", async () => {
  const shared = sharedFloats(3);
  const own = new Float32Array(3);
  expect([...shared]).toEqual([0, 0, 0]);
  const thread = new Worker(
    'require("worker_threads").parentPort.once("message", (all) => { for (const one of all) one[1] = 7; })',
    { eval: true },
  );
  thread.postMessage([shared, own]);
  await once(thread, "exit");
  expect([...shared]).toEqual([0, 7, 0]);
  expect([...own]).toEqual([0, 0, 0]);
  expect([shared, shared.subarray(1), own].map(isShared)).toEqual([true, true, false]);
});
