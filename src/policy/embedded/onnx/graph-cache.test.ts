import { expect, it } from "vitest";
import type { FinishedGraph } from "./graph.ts";
import { graphOf } from "./graph-cache.ts";

it("makes a graph once, and again only after many others", () => {
  let made = 0;
  const make = () => {
    made++;
    return { bytes: Uint8Array.of(made), inputs: [], outputs: [], operators: new Map() };
  };
  const of = (name: string): FinishedGraph => graphOf(`test ${name}`, make);
  const first = of("a");
  expect(of("a")).toBe(first);
  expect(made).toBe(1);
  for (let i = 0; i < 95; i++) of(`${i}`);
  expect(of("a")).toBe(first);
  for (let i = 100; i < 200; i++) of(`${i}`);
  expect(of("a")).not.toBe(first);
});
