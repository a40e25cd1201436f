import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { experimentOptions } from "../../config/schema.ts";
import type { SplitRow } from "../../data/clip-row.ts";
import { runLayout } from "../../runs/layout.ts";
import { reservedNames } from "../../runs/options.ts";
import type { Workspace } from "../workspace.ts";
import { checkClips, checkSystems, checkVariants } from "./checks.ts";
import { ceilingRows, type Data, textsOf, trainingRows } from "./data.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "oppo-checks-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const experiment = experimentOptions.parse({
  name: "x",
  sft: { batch: 4, share: 0.5 },
  rl: { prompts: 2 },
  variants: { grpo: {}, oppo: {} },
});

/** `train` clips to learn from, `test` held out; the first `silent` references say nothing. */
function check(train: number, test: number, silent = 0, changed: object = {}): void {
  const row = (id: string, split: "train" | "test", reference: string): SplitRow => ({
    id,
    split,
    media: {},
    labels: ["joy"],
    reference,
  });
  const says = "In the video, a broad smile.";
  const rows = [
    ...Array.from({ length: train }, (_, at) =>
      row(`a${at}`, "train", at < silent ? "She is glad." : says),
    ),
    ...Array.from({ length: test }, (_, at) => row(`b${at}`, "test", says)),
  ];
  const data = { rows, texts: textsOf(rows, experiment) } as unknown as Data;
  checkClips({ experiment: { ...experiment, ...changed } } as Workspace, data);
}

describe("clips that are enough, and such as are not", () => {
  it("are told apart without one of them being opened", () => {
    expect(() => check(8, 2)).not.toThrow();
    expect(() => check(0, 4)).toThrow(/none of 4 clips is for training/);
    expect(() => check(8, 1)).toThrow(/1 clip held out in 'test'.*two are the least/);
    expect(() => check(6, 2)).toThrow(/3 demonstrations cannot fill a batch of 4.*sft\.batch/);
    expect(() => check(8, 2, 8)).toThrow(/no training clip has a reference .*--text names/);
    expect(() => check(8, 2, 1)).toThrow(/3 demonstrations cannot fill a batch of 4/);
  });
});

describe("variants and systems that these clips can't carry", () => {
  it("a variant that takes more clips per step than are left, by its name", () => {
    const { grpo } = experiment.variants;
    const variants = { grpo: grpo!, wide: { ...grpo!, rl: { prompts: 5 } } };
    expect(() => check(8, 2, 0, { variants })).toThrow(
      /4 clips left .* a step of 5 of 'wide' .*smaller variants\.wide\.rl\.prompts/,
    );
    const untrained = { grpo: grpo!, wide: { ...grpo!, rl: { prompts: 5 }, training: "none" } };
    expect(() => check(8, 2, 0, { variants: untrained })).not.toThrow();
    const fits = { grpo: grpo!, wide: { ...grpo!, rl: { prompts: 4, group: 2 } } };
    expect(() => check(8, 2, 0, { variants: fits })).not.toThrow();
  });

  it("a ceiling, where nobody knows the truth", () => {
    expect(() => check(8, 2, 0, { ceiling: true })).toThrow(
      /nobody knows the truth of clip 'a0'.*leave 'ceiling' out/,
    );
  });
});

describe("the clips of each stage", () => {
  const rows = Array.from(
    { length: 4 },
    (_, at): SplitRow => ({
      id: `a${at}`,
      split: "train",
      media: {},
      labels: [],
    }),
  );
  const ids = (own: SplitRow[], purpose: "sft" | "rl") =>
    trainingRows({ experiment }, { rows: own }, purpose).map(({ id }) => id);

  it("are the first and the others, by sft.share, where the data draw none", () => {
    expect([ids(rows, "sft"), ids(rows, "rl")]).toEqual([
      ["a0", "a1"],
      ["a2", "a3"],
    ]);
  });

  it("are those that were drawn, whatever sft.share says", () => {
    const drawn = rows.map((row, at): SplitRow => ({ ...row, stage: at === 2 ? "sft" : "rl" }));
    expect([ids(drawn, "sft"), ids(drawn, "rl")]).toEqual([["a2"], ["a0", "a1", "a3"]]);
  });
});

describe("the clips of the ceiling", () => {
  const rows = ["a0", "a1", "a2", "b0"].map(
    (id): SplitRow => ({ id, split: id.startsWith("a") ? "train" : "test", media: {}, labels: [] }),
  );
  const texts = new Map(["a0", "a1", "a2"].map((id) => [id, id === "a1" ? [] : ["a text"]]));
  const ids = (ceiling: true | "all") =>
    ceilingRows({ experiment: { ...experiment, ceiling } }, {
      rows,
      texts,
    } as unknown as Data).map(({ id }) => id);

  it("are the cold start's, or all that are trained on, where a text says how many to write", () => {
    expect(ids(true)).toEqual(["a0"]);
    expect(ids("all")).toEqual(["a0", "a2"]);
  });
});

describe("names on the command line", () => {
  it("list the variants that there are", () => {
    expect(() => checkVariants(experiment, ["oppo"])).not.toThrow();
    expect(() => checkVariants(experiment, ["nope"])).toThrow(/called 'nope' .*grpo, oppo/);
    expect(() => checkVariants(experiment, ["constructor"])).toThrow(/no variant/);
  });

  it("list the systems that there are, and which of them are trained", () => {
    const layout = runLayout(root);
    expect(() => checkSystems(experiment, layout, ["nope"])).toThrow(
      /no system 'nope' .*it has: cold-start, grpo, oppo; none is trained yet/,
    );
    expect(() => checkSystems({ ...experiment, ceiling: true }, layout, ["ceiling"])).toThrow(
      /'ceiling' has no finished weights .*`oppo sft` first/,
    );
    mkdirSync(layout.system("grpo").final, { recursive: true });
    expect(() => checkSystems(experiment, layout, ["grpo"])).not.toThrow();
    expect(() => checkSystems(experiment, layout, ["oppo"])).toThrow(
      /'oppo' has no finished weights .*`oppo train` first; trained: grpo/,
    );
  });
});

describe("names of runs and variants", () => {
  const named = (name: string, variant = "oppo") =>
    experimentOptions.safeParse({ name, variants: { [variant]: {} } }).success;

  it("are refused where a run folder has something of that name", () => {
    const { system: _, root: __, ...files } = runLayout("");
    for (const file of Object.values(files)) expect(reservedNames).toContain(file);
    for (const name of [
      "cold-start",
      "ceiling",
      "corpus",
      "Corpus",
      "config.json",
      "constructor",
      "..",
    ]) {
      expect(named("x", name), name).toBe(false);
    }
    expect(named("x", "grpo-2.5_b")).toBe(true);
  });

  it("are folders of their own", () => {
    expect([named(".."), named("."), named("a/b"), named("a.b")]).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});
