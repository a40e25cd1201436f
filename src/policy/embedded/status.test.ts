import { expect, it } from "vitest";
import { embeddedOptions, executorOptions } from "../options.ts";
import { openExecutor } from "./open-executor.ts";
import { executorStatus } from "./status.ts";

it("executorStatus says of each executor what opening it then shows", async () => {
  const findings = await executorStatus();
  expect(findings.map(({ name }) => name)).toEqual(["executor onnx", "executor jax"]);
  for (const { name, ok, detail, cure } of findings) {
    expect(detail).not.toBe("");
    expect(cure === "").toBe(ok);
    const open = openExecutor(executorOptions.parse({ name: name.split(" ")[1] }));
    if (ok) await (await open).close();
    else await expect(open).rejects.toThrow(/does not load/);
  }
});

it("openExecutor takes the native executor by itself where it loads", async () => {
  const [native] = await executorStatus();
  const executor = await openExecutor(executorOptions.parse({ threads: 1 }));
  expect(executor.id).toBe(native?.ok ? "onnx" : "jax");
  expect(executor.threads).toBe(1);
  await executor.close();
});

it("options describe the default size and refuse unknown fields", () => {
  expect(embeddedOptions.parse({})).toMatchObject({ width: 80, layers: 2, heads: 4 });
  expect(() => embeddedOptions.parse({ widht: 8 })).toThrow(/widht/);
});
