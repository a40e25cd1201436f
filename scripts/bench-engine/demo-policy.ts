/**
 * A policy that speaks the demo's language, made in seconds: the corpus' texts, but features drawn
 * from a pattern per factor instead of rendered clips. Its rollouts have sentences, claims and
 * ends, so training steps on them cost what they cost in the demo.
 */
import { join } from "node:path";
import { Rng } from "../../src/core/rng.ts";
import { acousticFactors, factorValues, visualFactors } from "../../src/corpus/factors.ts";
import type { ManifestRow } from "../../src/corpus/manifest.ts";
import { planCorpus } from "../../src/corpus/plan.ts";
import { decomposeReference } from "../../src/cues/decompose.ts";
import type { FeatureStream } from "../../src/media/features.ts";
import { createEmbeddedPolicy } from "../../src/policy/embedded/embedded-policy.ts";
import { openExecutor } from "../../src/policy/embedded/open-executor.ts";
import { executorOptions } from "../../src/policy/options.ts";
import type { Policy } from "../../src/policy/port.ts";
import type { Modality, Prompt } from "../../src/prompt/prompt.ts";
import { promptOf } from "../../src/prompt/prompt-of.ts";
import { WordTokenizer } from "../../src/prompt/tokenizer.ts";
import { systemLayout } from "../../src/runs/layout.ts";
import type { Example } from "../../src/trainer/example.ts";
import { trainSft } from "../../src/trainer/sft.ts";
import type { Context } from "./context.ts";
import { demo, shape } from "./subject.ts";

const clips = 512;

export interface Speaker {
  tokenizer: WordTokenizer;
  examples: Example[];
  blank: Record<Modality, Float32Array>;
  /** A copy of the cold start. */
  open(): Promise<Policy>;
}

export async function speaker(context: Context): Promise<Speaker> {
  const rows = planCorpus({ ...demo.corpus, clips: { train: clips, validation: 0, test: 0 } });
  const tokenizer = WordTokenizer.fromTexts(
    rows.flatMap((row) => [row.reference, ...row.coldStart]),
  );
  const patterns = { video: patternsOf("video"), audio: patternsOf("audio") };
  const prompts = rows.map((row) => drawnPrompt(row, patterns));
  const threads = context.threads.at(-1)!;
  const create = async () =>
    createEmbeddedPolicy({
      options: demo.policy,
      vocabulary: tokenizer,
      video: shape.video,
      audio: shape.audio,
      seed: "bench-engine/speaker",
      executor: await openExecutor(executorOptions.parse({ name: "onnx", threads })),
    });
  const layout = systemLayout(join(context.folder, "cold-start"));
  const policy = await create();
  await trainSft({
    policy,
    tokenizer,
    demonstrations: rows.map((row, index) => ({
      id: row.id,
      prompt: prompts[index]!,
      responses: row.coldStart,
    })),
    options: {
      ...demo.sft,
      epochs: context.quick ? 8 : 16,
      checkpointEvery: Number.MAX_SAFE_INTEGER,
    },
    seed: "bench-engine",
    layout,
    progress: context.progress,
    notice: context.say,
  });
  await policy.close();
  return {
    tokenizer,
    examples: rows.map((row, index) => ({
      id: row.id,
      prompt: prompts[index]!,
      reference: decomposeReference(row.reference),
      labels: [row.label],
    })),
    blank: {
      video: new Float32Array(shape.video.dim),
      audio: new Float32Array(shape.audio.dim),
    },
    open: async () => {
      const copy = await create();
      await copy.load(layout.final, { optimiser: "fresh" });
      return copy;
    },
  };
}

/** One random direction per factor and value. */
function patternsOf(modality: Modality): Map<string, Float32Array> {
  const rng = new Rng(`bench-engine/patterns/${modality}`);
  const names = modality === "video" ? visualFactors : acousticFactors;
  const { tokens, dim } = shape[modality];
  return new Map(
    names.flatMap((name) =>
      factorValues[name].map((_, value) => [
        `${name}/${value}`,
        Float32Array.from({ length: tokens * dim }, () => rng.normal()),
      ]),
    ),
  );
}

function drawnPrompt(
  row: ManifestRow,
  patterns: Record<Modality, Map<string, Float32Array>>,
): Prompt {
  const rng = new Rng(row.seed).fork("features");
  const stream = (modality: Modality): FeatureStream => {
    const { tokens, dim } = shape[modality];
    const names = modality === "video" ? visualFactors : acousticFactors;
    const shown = names.map((name) => patterns[modality].get(`${name}/${row.factors[name]}`)!);
    const features = Float32Array.from({ length: tokens * dim }, (_, at) =>
      shown.reduce((sum, pattern) => sum + pattern[at]! / names.length, rng.normal()),
    );
    return { tokens, dim, features };
  };
  return promptOf(row.id, { video: stream("video"), audio: stream("audio") });
}
