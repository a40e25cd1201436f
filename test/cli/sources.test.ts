import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ReferenceResult } from "../../src/bench/mep/reference/evaluate.ts";
import { runExperiment } from "../../src/cli/commands/experiment-run.ts";
import { dataSection, registered, sourceNamed, sources } from "../../src/cli/sources.ts";
import { type Experiment, experimentSchema } from "../../src/config/schema.ts";
import { readJson, sha256 } from "../../src/core/files.ts";
import { type CorpusOptions, corpusOptions } from "../../src/corpus/options.ts";
import { syntheticSource } from "../../src/corpus/source.ts";
import type { DataSource } from "../../src/data/source.ts";
import { runLayout } from "../../src/runs/layout.ts";

/** The corpus as anybody's clips: the same rows and features, and nobody knows the truth. */
const withheld: DataSource<CorpusOptions> = {
  kind: "withheld",
  options: corpusOptions,
  paths: [],
  folder: "toy",
  async open(options, context) {
    const opened = await syntheticSource.open(options, context);
    return { ...opened, rows: opened.rows.map(({ truth: _, ...row }) => row) };
  },
};

const clips = { clips: { train: 48, validation: 0, test: 10 }, render: { wav: false } };
/** Too small to learn anything; the guards are not what is tested. */
const experiment = (name: string, more: object): Experiment =>
  experimentSchema(dataSection()).parse({
    name,
    policy: { width: 32, layers: 1 },
    executor: { name: "onnx", threads: 1 },
    sft: { epochs: 40, batch: 16, warmupSteps: 5 },
    rl: {
      steps: 3,
      prompts: 3,
      group: 4,
      guards: { canaryEffect: 1e-9, zeroGradientSteps: 9, constantRewardSteps: 9 },
    },
    variants: {
      oppo: {
        reward: {
          weights: { accuracy: 1, format: 0.2, perception: 1 },
          perception: { mode: "f1" },
        },
        loss: { preset: "oppo-swap", reference: { weight: 0.02 } },
      },
    },
    bench: { items: { probesPerModality: 1 }, evaluation: { bootstrapDraws: 100, recordClips: 2 } },
    ...more,
  });

let runs: string;
beforeAll(async () => {
  runs = mkdtempSync(join(tmpdir(), "oppo-sources-"));
  sources.push(registered(withheld));
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockReturnValue(true);
  }
  await runExperiment(experiment("known", { corpus: clips, bench: both }), { runs, jobs: 1 });
  await runExperiment(experiment("withheld", { data: { source: "withheld", ...clips } }), {
    runs,
    jobs: 1,
  });
}, 240_000);
afterAll(() => {
  vi.restoreAllMocks();
  sources.pop();
  rmSync(runs, { recursive: true, force: true });
});

const both = {
  tracks: "both",
  items: { probesPerModality: 1 },
  evaluation: { bootstrapDraws: 100, recordClips: 2 },
};
const layout = (name: string) => runLayout(join(runs, name));
const weights = (name: string, system: string): string[] => {
  const { final } = layout(name).system(system);
  return readdirSync(final).map((file) => sha256(readFileSync(join(final, file))));
};
const result = (name: string): ReferenceResult =>
  readJson<ReferenceResult>(layout(name).system("oppo").referenceEvaluation);

describe("a source of clips", () => {
  it("is one file and one line: it trains, and is measured on the reference track alone", () => {
    expect(existsSync(layout("withheld").items)).toBe(false);
    expect(existsSync(join(runs, "withheld/toy/clips"))).toBe(true);
    expect(result("withheld").score.samples).toBe(10);
    expect(readFileSync(layout("withheld").report, "utf8")).toContain("Result on held-out clips");
  });

  it("gives the same weights as the corpus it was made of, truth or no truth", () => {
    for (const system of ["cold-start", "oppo"]) {
      expect(weights("withheld", system)).toEqual(weights("known", system));
    }
  });

  it("gives the same numbers on the reference track; both tracks stand in one report", () => {
    expect(result("withheld").estimates).toEqual(result("known").estimates);
    const page = readFileSync(layout("known").report, "utf8");
    for (const heading of ["Utilization: cues recovered", "Result on held-out clips"]) {
      expect(page).toContain(heading);
    }
  });

  it("has its options checked, and is named where it is misspelt", async () => {
    expect(() => experiment("x", { data: { source: "withheld", clips: { trian: 1 } } })).toThrow();
    expect(() => sourceNamed("lists")).toThrow(/no source of clips is called 'lists'.*synthetic/);
    await expect(sourceNamed("list").open({}, { folder: runs, seed: 1 })).rejects.toThrow(
      /data\.list/,
    );
  });
});
