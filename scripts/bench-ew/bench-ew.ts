/**
 * Time to score predictions with the EW metric, level 1, here and in Python (`reference.py`: our
 * transcription of the published algorithm). Both score the same inputs, from strings in memory to
 * F, P and R; reading files is not counted. Times are processor time (all threads), so that other
 * work on the machine counts little. The results must be equal, bit for bit.
 *
 *   npm run bench:ew -- [--wheels FOLDER] [--n 100000] [--repeats 5] [--python python3]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readMapping } from "../../src/bench/files/index.ts";
import { basicMapping, type EmotionMapping, ewScore } from "../../src/bench/mer-unibench/index.ts";
import { writeJson } from "../../src/core/files.ts";
import { Rng } from "../../src/core/rng.ts";
import { quantile } from "../../src/core/stats.ts";

interface Samples {
  truth: Record<string, string>;
  predicted: Record<string, string>;
}

/** Lists of 1–5 true and 0–8 predicted words, one word in ten unknown, as models write them. */
function drawSamples(mapping: EmotionMapping, n: number): Samples {
  const rng = new Rng("bench-ew");
  const words = [...mapping.forms.keys()].filter((word) => /^[a-z -]+$/.test(word));
  const word = () =>
    rng.int(10) === 0 ? `unknown${rng.int(1000)}` : words[rng.int(words.length)]!;
  const list = (length: number) => `[${Array.from({ length }, word).join(", ")}]`;
  const samples: Samples = { truth: {}, predicted: {} };
  for (let i = 0; i < n; i++) {
    const name = `sample_${String(i).padStart(8, "0")}`;
    samples.truth[name] = list(1 + rng.int(5));
    samples.predicted[name] = list(rng.int(9));
  }
  return samples;
}

function scoreHere(samples: Samples, mapping: EmotionMapping, repeats: number) {
  const truth = new Map(Object.entries(samples.truth));
  const predicted = new Map(Object.entries(samples.predicted));
  const seconds: number[] = [];
  let score: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = process.cpuUsage();
    const { f, precision, recall } = ewScore(truth, predicted, mapping, 1, { mode: "compat" });
    const { user, system } = process.cpuUsage(start);
    seconds.push((user + system) / 1e6);
    score = [f, precision, recall];
  }
  return { score, seconds };
}

interface PythonResult {
  score: number[];
  seconds: number[];
  versions: string;
}

function scoreInPython(
  samples: Samples,
  mapping: EmotionMapping,
  repeats: number,
  python: string,
): PythonResult {
  const folder = mkdtempSync(join(tmpdir(), "oppo-bench-ew-"));
  try {
    writeJson(join(folder, "mapping.json"), {
      forms: Object.fromEntries(mapping.forms),
      synonyms: Object.fromEntries(mapping.synonyms),
      wheels: mapping.wheels.map(({ level1 }) => Object.fromEntries(level1)),
    });
    writeJson(join(folder, "samples.json"), samples);
    const script = join(import.meta.dirname, "reference.py");
    return JSON.parse(
      execFileSync(python, [script, folder, String(repeats)], { encoding: "utf8" }),
    ) as PythonResult;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { values } = parseArgs({
  options: {
    wheels: { type: "string" },
    n: { type: "string", default: "100000" },
    repeats: { type: "string", default: "5" },
    python: { type: "string", default: "python3" },
  },
});
const mapping = values.wheels === undefined ? basicMapping() : await readMapping(values.wheels);
const [n, repeats] = [Number(values.n), Number(values.repeats)];
const samples = drawSamples(mapping, n);
const here = scoreHere(samples, mapping, repeats);
const python = scoreInPython(samples, mapping, repeats, values.python);

const median = (seconds: readonly number[]) =>
  quantile(
    [...seconds].sort((a, b) => a - b),
    0.5,
  );
const equal = here.score.every((value, index) => value === python.score[index]);
const lines = [
  `mapping ${mapping.id} (${mapping.wheels.length} wheels), ${n} predictions, median of ${repeats} runs`,
  `here    ${median(here.seconds).toFixed(3)} s   first run ${here.seconds[0]!.toFixed(3)} s   Node ${process.version}`,
  `Python  ${median(python.seconds).toFixed(3)} s   first run ${python.seconds[0]!.toFixed(3)} s   ${python.versions}`,
  `ratio   ${(median(python.seconds) / median(here.seconds)).toFixed(1)} (medians)   ${(python.seconds[0]! / here.seconds[0]!).toFixed(1)} (first runs)`,
  `F, P, R ${here.score.join("  ")}   ${equal ? "equal, bit for bit" : `DIFFERENT from Python's ${python.score.join("  ")}`}`,
];
process.stdout.write(`${lines.join("\n")}\n`);
if (!equal) process.exitCode = 1;
