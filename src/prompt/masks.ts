import { PolicyError } from "../core/errors.ts";
import type { Rng } from "../core/rng.ts";
import { sharedFloats } from "../core/shared-memory.ts";
import type { Modality, Prompt, Stream } from "./prompt.ts";

/**
 * Where a mask kind exists: prompts of the trainer and the oracle track, media files, the ms-swift
 * plugin.
 */
export type MaskPlace = "prompt" | "media" | "plugin";

/** What a mask kind takes the place of the hidden stream from. */
export interface MaskSources {
  rng?: Rng;
  /** The prompt whose stream takes the place. */
  donor?: Prompt;
  /** One row of features of an empty stream, per modality. */
  blank?: Readonly<Record<Modality, Float32Array>>;
  /** How much of the stream, and in what pieces. */
  ratio?: MaskRatio;
}

/** What a unit of masking by ratio is. */
export const ratioUnits = ["element", "frame", "block"] as const;

/** A share of a stream, drawn at random. */
export interface MaskRatio {
  /** ρ, 0 to 1. 1 hides the stream completely. */
  ratio: number;
  /**
   * `element`: every feature of every token by itself, with probability ρ; `frame`: whole tokens,
   * exactly the share ρ of them; `block`: the same number of tokens in one piece of time.
   */
  unit: (typeof ratioUnits)[number];
}

/**
 * A way to hide a stream: the same word in prompts, media files, exports and the plugin. All kinds
 * keep token counts and positions.
 */
export interface MaskKind<Id extends string = string> {
  id: Id;
  /** What is there instead. */
  shows: string;
  /**
   * Something can still be seen, so claiming about it is not blind: terms that need a stream hidden
   * completely skip such passes.
   */
  partial: boolean;
  needs: keyof MaskSources | null;
  places: readonly MaskPlace[];
  /** Streams it can hide. */
  streams: readonly Modality[];
  /** For prompts: the stream as it is hidden. */
  apply?: (stream: Stream, modality: Modality, sources: MaskSources) => Stream;
}

const everywhere = ["prompt", "media", "plugin"] as const;
const both = ["video", "audio"] as const;

/** Every way to hide a stream. */
export const maskKinds = [
  {
    id: "drop",
    shows: "nothing: it is not attended to, and a file has no such track",
    partial: false,
    needs: null,
    places: ["prompt", "media"],
    streams: both,
    apply: (stream) => ({ ...stream, attended: false }),
  },
  {
    id: "blank",
    shows: "black frames, digital silence",
    partial: false,
    needs: "blank",
    places: everywhere,
    streams: both,
    apply: (stream, modality, { blank }) => ({
      ...stream,
      features: tile(need(blank, "blank")[modality], stream),
    }),
  },
  {
    id: "noise",
    shows:
      "random squares, noise as loud as the sound; in prompts Gaussian, of the stream's own mean and spread",
    partial: false,
    needs: "rng",
    places: ["prompt", "media"],
    streams: both,
    apply: (stream, _, { rng }) => ({
      ...stream,
      features: noiseLike(stream.features, need(rng, "noise")),
    }),
  },
  {
    id: "swap",
    shows: "the same stream of another clip (counterfactual masking)",
    partial: true,
    needs: "donor",
    places: everywhere,
    streams: both,
    apply: (stream, modality, { donor }) =>
      swapped(stream, need(donor, "swap")[modality], modality),
  },
  {
    id: "ratio",
    shows:
      "zeros at random: a share ρ of what the encoder reads (elements, whole tokens or frames, or one block of time); in prompts of standardised features, in the plugin of the processor's tensors, where 0 is mean colour and a log-mel feature, not silence",
    partial: true,
    needs: "ratio",
    places: ["prompt", "plugin"],
    streams: both,
    apply: (stream, _, { rng, ratio }) => ({
      ...stream,
      features: zeroed(stream, need(ratio, "ratio"), need(rng, "ratio")),
    }),
  },
  {
    id: "mean",
    shows: "frames of the colour that a processor normalises to zero",
    partial: false,
    needs: null,
    places: ["plugin"],
    streams: ["video"],
  },
] as const satisfies readonly MaskKind[];

type Kinds = (typeof maskKinds)[number];
type IdAt<Place extends MaskPlace, Kind extends Kinds = Kinds> = Kind extends unknown
  ? Place extends Kind["places"][number]
    ? Kind["id"]
    : never
  : never;

/** Kinds that exist for prompts. */
export type MaskMode = IdAt<"prompt">;
/** Kinds that exist for media files. */
export type MediaMask = IdAt<"media">;
/** Kinds that the ms-swift plugin knows. */
export type PluginMask = IdAt<"plugin">;

/** Ids of the kinds that exist somewhere, of those that can hide `stream` where it is given. */
export function masksAt<Place extends MaskPlace>(place: Place, stream?: Modality): IdAt<Place>[] {
  return maskKinds
    .filter(({ places }) => (places as readonly MaskPlace[]).includes(place))
    .filter(({ streams }) => !stream || (streams as readonly Modality[]).includes(stream))
    .map(({ id }) => id as IdAt<Place>);
}

export const maskModes: readonly MaskMode[] = masksAt("prompt");

/** @throws PolicyError MASK_KIND for an id that the table doesn't have. */
export function maskKind(id: string, kinds: readonly MaskKind[] = maskKinds): MaskKind {
  const kind = kinds.find((each) => each.id === id);
  if (kind) return kind;
  throw new PolicyError("MASK_KIND", `no way to hide a stream is called '${id}'`, {
    hint: `known: ${kinds.map((each) => each.id).join(", ")}`,
  });
}

/**
 * Whether a kind puts another clip's stream in the place of the hidden one; `own` hides nothing.
 */
export function takesDonor(id: MaskMode | PluginMask | "own"): boolean {
  return id !== "own" && maskKind(id).needs === "donor";
}

/** Whether the stream still shows something under this kind: by ratio, unless all of it is zero. */
export function isPartial(
  { partial, needs }: MaskKind,
  { ratio }: Pick<MaskSources, "ratio">,
): boolean {
  return partial && !(needs === "ratio" && ratio?.ratio === 1);
}

/** A copy of `prompt` in which `modality` is hidden. The original is not changed. */
export function maskPrompt(
  prompt: Prompt,
  modality: Modality,
  mode: MaskMode | MaskKind,
  sources: MaskSources = {},
): Prompt {
  const { id, apply, streams } = typeof mode === "string" ? maskKind(mode) : mode;
  if (!apply || !streams.includes(modality)) {
    throw new PolicyError("MASK_KIND", `mask '${id}' can't hide ${modality} in a prompt`, {
      hint: `for prompts there are ${maskModes.join(", ")}`,
    });
  }
  return { ...prompt, [modality]: apply(prompt[modality], modality, sources) };
}

function need<T>(source: T | undefined, id: string): T {
  if (source === undefined) {
    throw new PolicyError("MASK_SOURCE", `mask mode '${id}' was called without its source`);
  }
  return source;
}

function swapped(stream: Stream, donor: Stream, modality: Modality): Stream {
  if (donor.tokens !== stream.tokens || donor.dim !== stream.dim) {
    throw new PolicyError("MASK_SHAPE", `donor ${modality} has another shape than the prompt's`);
  }
  return { ...stream, features: donor.features };
}

function tile(row: Float32Array, stream: Stream): Float32Array {
  if (row.length !== stream.dim)
    throw new PolicyError("MASK_SHAPE", "blank row has the wrong width");
  const out = sharedFloats(stream.tokens * stream.dim);
  for (let token = 0; token < stream.tokens; token++) out.set(row, token * stream.dim);
  return out;
}

/** The stream's features with a share of them zero: zero of what is standardised is the mean. */
function zeroed({ features, tokens, dim }: Stream, { ratio, unit }: MaskRatio, rng: Rng) {
  const out = sharedFloats(features.length);
  out.set(features);
  if (unit === "element") {
    for (let i = 0; i < out.length; i++) if (rng.bool(ratio)) out[i] = 0;
    return out;
  }
  const count = Math.round(ratio * tokens);
  const first = unit === "block" ? rng.int(tokens - count + 1) : 0;
  const order = Array.from({ length: tokens }, (_, token) => token);
  const hidden = (unit === "frame" ? rng.shuffle(order) : order).slice(first, first + count);
  for (const token of hidden) out.fill(0, token * dim, (token + 1) * dim);
  return out;
}

function noiseLike(features: Float32Array, rng: Rng): Float32Array {
  let sum = 0;
  let squares = 0;
  for (const value of features) {
    sum += value;
    squares += value * value;
  }
  const centre = sum / features.length;
  const spread = Math.sqrt(Math.max(0, squares / features.length - centre * centre));
  const out = sharedFloats(features.length);
  for (let i = 0; i < out.length; i++) out[i] = centre + spread * rng.normal();
  return out;
}
