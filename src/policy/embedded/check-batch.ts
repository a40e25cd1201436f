/** Errors a caller can make, found before anything is computed and named by datum. */
import { PolicyError } from "../../core/errors.ts";
import { modalities, type Prompt } from "../../prompt/prompt.ts";
import type { Datum, SampleOptions } from "../port.ts";
import type { ModelShape } from "./params.ts";

/**
 * @throws PolicyError for an empty batch, a prompt of another shape, or tokens the model cannot
 *   take.
 */
export function checkBatch(shape: ModelShape, batch: readonly Datum[]): void {
  if (batch.length === 0) throw new PolicyError("EMPTY_BATCH", "the batch has no datum");
  const seen = new Set<Prompt>();
  batch.forEach(({ prompt, tokens, read, whole }, index) => {
    if (!seen.has(prompt)) checkPrompt(shape, prompt);
    seen.add(prompt);
    const where = `datum ${index} ('${prompt.id}')`;
    if (tokens.length === 0) throw new PolicyError("EMPTY_COMPLETION", `${where} has no tokens`);
    if (tokens.length > shape.maxTokens) throw tooLong(where, tokens.length, shape.maxTokens);
    const bad = tokens.find((id) => !(id >= 0 && id < shape.vocabulary));
    if (bad !== undefined) throw outOfVocabulary(where, bad, shape);
    if (read) checkPositions(where, "read", read, tokens.length);
    if (whole) checkPositions(where, "whole", whole, tokens.length);
  });
}

function checkPositions(
  where: string,
  field: "read" | "whole",
  positions: readonly number[],
  length: number,
): void {
  const at = positions.findIndex(
    (position, i) =>
      !Number.isInteger(position) || position >= length || position <= (positions[i - 1] ?? -1),
  );
  if (at < 0) return;
  const code = field === "read" ? "READ_POSITION" : "WHOLE_POSITION";
  throw new PolicyError(code, `${where}: ${field}[${at}] is ${positions[at]}`, {
    path: `${field}.${at}`,
    hint: `give ascending positions below the completion's ${length} tokens`,
  });
}

/** @throws PolicyError when a stream or the text is not what the model was built for. */
function checkPrompt(shape: ModelShape, prompt: Prompt): void {
  const where = `prompt '${prompt.id}'`;
  for (const modality of modalities) {
    const { tokens, dim, features, attended } = prompt[modality];
    const expected = shape[modality];
    if (tokens !== expected.tokens || dim !== expected.dim || features.length !== tokens * dim) {
      throw new PolicyError(
        "PROMPT_SHAPE",
        `${where}: ${modality} is ${tokens}×${dim} (${features.length} values), ` +
          `the policy was built for ${expected.tokens}×${expected.dim}`,
        { path: modality },
      );
    }
    if (attended && !areFinite(features)) {
      const bad = features.findIndex((value) => !Number.isFinite(value));
      throw new PolicyError(
        "PROMPT_NOT_FINITE",
        `${where}: ${modality} feature ${bad} is ${features[bad]}`,
        { path: modality },
      );
    }
  }
  if (prompt.text.length > shape.maxTextTokens) {
    throw new PolicyError(
      "CONTEXT",
      `${where}: ${prompt.text.length} text tokens, the policy takes ${shape.maxTextTokens}`,
      { hint: "raise maxTextTokens", path: "text" },
    );
  }
  const bad = prompt.text.find((id) => !(id >= 0 && id < shape.vocabulary));
  if (bad !== undefined) throw outOfVocabulary(where, bad, shape);
}

/** A clip's features come again in every epoch, and nobody changes them. */
const knownToBeFinite = new WeakSet<Float32Array>();

function areFinite(features: Float32Array): boolean {
  if (knownToBeFinite.has(features)) return true;
  const finite = allFinite(features);
  if (finite) knownToBeFinite.add(features);
  return finite;
}

/** One sum instead of a question a value: float32 values cannot make a double overflow. */
function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return Number.isFinite(sum);
}

/**
 * @throws PolicyError when the gradient does not pair with the batch or has a value that is not
 *   finite.
 */
export function checkGradient(
  batch: readonly Datum[],
  gradient: readonly ArrayLike<number>[],
): void {
  if (gradient.length !== batch.length) {
    throw new PolicyError(
      "GRADIENT_SHAPE",
      `${gradient.length} gradients for ${batch.length} datums`,
    );
  }
  gradient.forEach((values, index) => {
    const { prompt, tokens, read } = batch[index] as Datum;
    const where = `gradient of datum ${index} ('${prompt.id}')`;
    const wanted = (read ?? tokens).length;
    if (values.length !== wanted) {
      throw new PolicyError(
        "GRADIENT_SHAPE",
        `${where} has ${values.length} values for ${wanted} tokens`,
      );
    }
    for (let i = 0; i < values.length; i++) {
      if (!Number.isFinite(values[i] as number)) {
        throw new PolicyError("GRADIENT_NOT_FINITE", `${where} is ${values[i]} at token ${i}`, {
          hint: "look at the loss: a log-prob of −∞ or a division by zero",
        });
      }
    }
  });
}

/**
 * As `checkGradient`, for rows of the whole vocabulary.
 * @throws PolicyError GRADIENT_SHAPE, GRADIENT_NOT_FINITE
 */
export function checkWholeGradient(
  { vocabulary }: ModelShape,
  batch: readonly Datum[],
  whole: readonly (Float32Array | undefined)[],
): void {
  if (whole.length !== batch.length) {
    throw new PolicyError(
      "GRADIENT_SHAPE",
      `${whole.length} whole gradients for ${batch.length} datums`,
      { hint: "give one for each datum, undefined where it has none" },
    );
  }
  whole.forEach((values, index) => {
    if (!values) return;
    const datum = batch[index] as Datum;
    const where = `whole gradient of datum ${index} ('${datum.prompt.id}')`;
    const positions = datum.whole ?? [];
    if (values.length !== positions.length * vocabulary) {
      throw new PolicyError(
        "GRADIENT_SHAPE",
        `${where} has ${values.length} values for ${positions.length} positions × ${vocabulary} tokens`,
      );
    }
    if (allFinite(values)) return;
    const bad = values.findIndex((value) => !Number.isFinite(value));
    const place = `token ${positions[Math.floor(bad / vocabulary)]}, entry ${bad % vocabulary}`;
    throw new PolicyError("GRADIENT_NOT_FINITE", `${where} is ${values[bad]} at ${place}`, {
      hint: "look at the loss: a log-prob of −∞ or a division by zero",
    });
  });
}

/** @throws PolicyError for settings that cannot be sampled with. */
export function checkSampling(
  shape: ModelShape,
  prompts: readonly Prompt[],
  options: SampleOptions,
): void {
  const { samplesPerPrompt, maxTokens, temperature } = options;
  if (prompts.length === 0) throw new PolicyError("EMPTY_BATCH", "no prompt to sample for");
  for (const prompt of prompts) checkPrompt(shape, prompt);
  if (!Number.isInteger(samplesPerPrompt) || samplesPerPrompt < 1) {
    throw new PolicyError("SAMPLING", `samplesPerPrompt is ${samplesPerPrompt}`, {
      hint: "give an integer of at least 1",
    });
  }
  if (!Number.isInteger(maxTokens) || maxTokens < 1) {
    throw new PolicyError("SAMPLING", `maxTokens is ${maxTokens}`, {
      hint: "give an integer of at least 1",
    });
  }
  if (maxTokens > shape.maxTokens) throw tooLong("a completion", maxTokens, shape.maxTokens);
  if (!(temperature >= 0 && Number.isFinite(temperature))) {
    throw new PolicyError("SAMPLING", `temperature is ${temperature}`, {
      hint: "0 is greedy, 1 the policy's own distribution",
    });
  }
  if (options.contrast) checkContrast(shape, prompts.length, options.contrast);
}

function checkContrast(
  shape: ModelShape,
  count: number,
  { prompts, alpha, beta }: NonNullable<SampleOptions["contrast"]>,
): void {
  for (const prompt of prompts) checkPrompt(shape, prompt);
  if (prompts.length !== count) {
    throw new PolicyError("SAMPLING", `${prompts.length} counterparts for ${count} prompts`, {
      path: "contrast.prompts",
      hint: "give each prompt the one it is held against",
    });
  }
  const wrong = !(alpha >= 0 && Number.isFinite(alpha))
    ? (["alpha", alpha, "0 or more; 1 is usual"] as const)
    : !(beta >= 0 && beta <= 1)
      ? (["beta", beta, "0 to 1; 0.1 is usual"] as const)
      : undefined;
  if (!wrong) return;
  const [name, value, hint] = wrong;
  throw new PolicyError("SAMPLING", `contrast.${name} is ${value}`, {
    path: `contrast.${name}`,
    hint,
  });
}

function tooLong(where: string, tokens: number, most: number): PolicyError {
  return new PolicyError("CONTEXT", `${where} has ${tokens} tokens, the policy's context ${most}`, {
    hint: "raise maxTokens of the embedded policy or cut the completion",
  });
}

function outOfVocabulary(where: string, id: number, { vocabulary }: ModelShape): PolicyError {
  return new PolicyError("VOCABULARY", `${where}: token ${id} is not in 0 … ${vocabulary - 1}`, {
    hint: "the tokenizer is not the one the policy was built with",
  });
}
