import { expect, it } from "vitest";
import { duration } from "./duration.ts";

it.each([
  [0, "0 s"],
  [0.04, "0 s"],
  [2.44, "2.4 s"],
  [9.97, "10 s"],
  [89.4, "89 s"],
  [119.6, "2 min 00 s"],
  [143, "2 min 23 s"],
  [185, "3 min 05 s"],
  [7199.7, "2 h 00 min"],
  [7259, "2 h 01 min"],
])("%s seconds are said as %s: never 60 s, never 60 min", (seconds, said) => {
  expect(duration(seconds)).toBe(said);
});
