import { expect, it } from "vitest";
import { seatsFor } from "./seats.ts";

const GiB = 2 ** 30;
const machine = (cores: number, freeGiB = 64) => ({
  cores,
  freeBytes: freeGiB * GiB,
  stageBytes: GiB,
});
const any = { name: "auto" as const };

it("one stage a core, one after another on one core", () => {
  expect(seatsFor(any, undefined, machine(2))).toEqual({ jobs: 2, cores: 2 });
  expect(seatsFor(any, undefined, machine(8))).toEqual({ jobs: 8, cores: 8 });
  expect(seatsFor(any, undefined, machine(1)).jobs).toBe(1);
});

it("fewer where memory does not hold that many, and at least one", () => {
  expect(seatsFor(any, undefined, machine(8, 3.5)).jobs).toBe(3);
  expect(seatsFor(any, undefined, machine(8, 0.5)).jobs).toBe(1);
});

it("as many as somebody asks for", () => {
  expect(seatsFor(any, 3, machine(2, 1))).toEqual({ jobs: 3, cores: 3 });
  expect(seatsFor(any, 1, machine(8))).toMatchObject({ jobs: 1 });
});

it("threads that the config gives are kept, and divide the cores", () => {
  expect(seatsFor({ ...any, threads: 4 }, undefined, machine(8))).toEqual({
    jobs: 2,
    cores: 8,
    threads: 4,
  });
});
