import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { say } from "../print.ts";
import { progressBoard } from "./board.ts";

const { isTTY, columns } = process.stderr;
let written: string;
beforeEach(() => {
  written = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(process.stderr, { isTTY, columns });
});

const at = (step: string, done: number) => ({ step, done, total: 9, values: { reward: 0.5 } });

it("in a log every line names its stage", () => {
  Object.assign(process.stderr, { isTTY: false });
  const board = progressBoard(0);
  board.of("grpo")(at("grpo", 1));
  board.of("oppo-paper")(at("oppo-paper", 2));
  expect(written).toBe("  grpo  1/9  reward 0.5  0 s\n  oppo-paper  2/9  reward 0.5  0 s\n");
});

it("on a terminal one line has all of them; what is finished or said stands above it", () => {
  Object.assign(process.stderr, { isTTY: true, columns: 60 });
  const board = progressBoard(0);
  const grpo = board.of("grpo");
  grpo(at("grpo", 1));
  board.of("oppo-paper")(at("oppo-paper", 2));
  const line = "\r\x1b[K  grpo  1/9  0 s  ·  oppo-paper  2/9  0 s";
  expect(written.endsWith(line)).toBe(true);
  written = "";
  say("  ! something");
  expect(written).toBe(`\r\x1b[K  ! something\n${line.slice(4)}`);
  written = "";
  grpo(at("grpo", 9));
  expect(written).toContain("\r\x1b[K  grpo  9/9  reward 0.5  0 s\n");
  expect(written.endsWith("\r\x1b[K  oppo-paper  2/9  0 s")).toBe(true);
  board.ended("oppo-paper");
  expect(written.endsWith("\r\x1b[K")).toBe(true);
});

it("the terminal's width is kept: a line that wraps can't be rewritten", () => {
  Object.assign(process.stderr, { isTTY: true, columns: 30 });
  const board = progressBoard(0);
  board.of("a")(at("a stage with a name that is long", 1));
  expect(written.split("\x1b[K").at(-1)).toHaveLength(29);
  board.ended("a");
});
