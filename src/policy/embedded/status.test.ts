import { expect, it } from "vitest";
import { embeddedOptions, executorOptions } from "../options.ts";
import { openExecutor } from "./open-executor.ts";
import { executorStatus } from "./status.ts";

it("executorStatus says what opening an executor then shows, and which one runs", async () => {
  const [runs, ...each] = await executorStatus();
  expect(each.map(({ name }) => name)).toEqual(["executor onnx", "executor jax"]);
  for (const { name, ok, detail, cure } of each) {
    expect(detail).not.toBe("");
    expect(cure === "").toBe(ok);
    const open = openExecutor(executorOptions.parse({ name: name.split(" ")[1] }));
    if (ok) await (await open).close();
    else await expect(open).rejects.toThrow(/does not load/);
  }
  const executor = await openExecutor(executorOptions.parse({}));
  expect(runs).toMatchObject({ name: "policy runs on", ok: true, cure: "" });
  expect(runs!.detail).toMatch(new RegExp(`^${executor.id}: .*load`));
  expect(runs!.detail.includes("two halves")).toBe(executor.second !== undefined);
  await executor.close();
});

it("openExecutor shares threads with a second thread, and has none for a single thread", async () => {
  const open = (threads: number) => openExecutor(executorOptions.parse({ threads }));
  const found = [];
  for (const threads of [1, 2, 3, 4]) {
    const executor = await open(threads);
    found.push([executor.threads, executor.second !== undefined]);
    await executor.close();
  }
  expect(found).toEqual(
    (await executorStatus())[1]!.ok
      ? [
          [1, false],
          [2, true],
          [2, true],
          [4, true],
        ]
      : [
          [1, false],
          [2, true],
          [2, true],
          [2, true],
        ],
  );
});

it("openExecutor takes the native executor by itself where it loads", async () => {
  const [, native] = await executorStatus();
  const executor = await openExecutor(executorOptions.parse({ threads: 1 }));
  expect(executor.id).toBe(native?.ok ? "onnx" : "jax");
  expect(executor.threads).toBe(1);
  await executor.close();
});

it("options describe the default size and refuse unknown fields", () => {
  expect(embeddedOptions.parse({})).toMatchObject({ width: 80, layers: 2, heads: 4 });
  expect(() => embeddedOptions.parse({ widht: 8 })).toThrow(/widht/);
});
