import { Rng } from "../../core/rng.ts";
import type { EmbeddedOptions } from "../options.ts";
import type { TensorSpec } from "./tensor.ts";

/** Shape of one media stream of a prompt: `tokens` rows of `dim` features. */
export interface StreamShape {
  tokens: number;
  dim: number;
}

/** Everything that fixes the model's parameter shapes. */
export interface ModelShape extends EmbeddedOptions {
  vocabulary: number;
  video: StreamShape;
  audio: StreamShape;
}

export type ParameterName = string;

/** Named parameters; the order of `parameterSpecs` is their order wherever they are passed flat. */
export type Parameters = Map<ParameterName, Float32Array>;

interface ParameterSpec extends TensorSpec {
  /** Standard deviation of the initial values; `one`: all ones (norm gains). */
  scale: number | "one";
}

/** Parameter names, shapes and initial scales, in the order programs take them. */
export function parameterSpecs(shape: ModelShape): ParameterSpec[] {
  const { width, layers, vocabulary, video, audio } = shape;
  const inner = shape.heads * shape.headWidth;
  const residual = 1 / Math.sqrt(2 * layers);
  const spec = (name: string, dims: number[], scale: number | "one"): ParameterSpec => ({
    name,
    shape: dims,
    dtype: "float32",
    scale,
  });
  const specs = [
    spec("video.weight", [video.dim, width], video.dim ** -0.5),
    spec("audio.weight", [audio.dim, width], audio.dim ** -0.5),
    spec("media.position", [video.tokens + audio.tokens, width], 0.1),
    spec("token.embedding", [vocabulary, width], 0.05),
    spec("completion.position", [shape.maxTokens, width], 0.02),
  ];
  if (shape.maxTextTokens > 0) {
    specs.push(spec("text.position", [shape.maxTextTokens, width], 0.02));
  }
  for (let i = 0; i < layers; i++) {
    specs.push(
      spec(`layer.${i}.attention.norm`, [width], "one"),
      spec(`layer.${i}.attention.qkv`, [width, 3 * inner], width ** -0.5),
      spec(`layer.${i}.attention.out`, [inner, width], residual * inner ** -0.5),
      spec(`layer.${i}.mlp.norm`, [width], "one"),
      spec(`layer.${i}.mlp.up`, [width, 4 * width], width ** -0.5),
      spec(`layer.${i}.mlp.down`, [4 * width, width], residual * (4 * width) ** -0.5),
    );
  }
  specs.push(spec("final.norm", [width], "one"));
  specs.push(spec("head.weight", [width, vocabulary], width ** -0.5));
  return specs;
}

/**
 * Seeded normal initial values: one random stream per parameter, so adding one changes no other.
 */
export function initParameters(shape: ModelShape, seed: number | string): Parameters {
  const rng = new Rng(seed);
  return new Map(
    parameterSpecs(shape).map(({ name, shape: dims, scale }) => {
      const values = new Float32Array(elements(dims));
      const stream = rng.fork(name);
      if (scale === "one") values.fill(1);
      else for (let i = 0; i < values.length; i++) values[i] = scale * stream.normal();
      return [name, values];
    }),
  );
}

/** To be filled: from a checkpoint, or with another replica's weights. `allocate` gives zeros. */
export function zeroParameters(
  shape: ModelShape,
  allocate: (length: number) => Float32Array = (length) => new Float32Array(length),
): Parameters {
  return new Map(
    parameterSpecs(shape).map(({ name, shape: dims }) => [name, allocate(elements(dims))]),
  );
}

/** Copies values, parameter by parameter. */
export function copyParameters(from: Parameters, to: Parameters): void {
  for (const [name, values] of from) to.get(name)?.set(values);
}

/** Number of elements of a shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
