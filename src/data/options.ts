import { z } from "zod";
import { type FieldName, fieldNames, vocabulary } from "./vocabulary.ts";

const columnName = (field: FieldName) =>
  z
    .string()
    .min(1)
    .optional()
    .describe(
      `column of ${field} (${vocabulary[field].meaning}); '-' for none; default: the first of ${vocabulary[field].names.join(", ")}`,
    );

const columnNames = z.strictObject(
  Object.fromEntries(fieldNames.map((field) => [field, columnName(field)])) as Record<
    FieldName,
    ReturnType<typeof columnName>
  >,
);

export const listFormats = [
  "clips",
  "ms-swift",
  "mer-factory",
  "mer-caption-plus",
  "emer",
  "table",
  "folder",
] as const;
export type ListFormat = (typeof listFormats)[number];

const share = (side: string) =>
  z
    .number()
    .min(0)
    .max(0.9)
    .describe(`share of the clips that ${side} gets, where the list has no split column`);

/** How the clips of a list are divided. */
export const splitOptions = z.strictObject({
  test: share("the test side").default(0.2),
  validation: share("the validation side").default(0),
  sft: z
    .union([z.int().min(1), z.number().gt(0).lt(1)])
    .optional()
    .describe(
      "training clips for the cold start, drawn by seed, all others for reinforcement learning: a number (OPPO's paper: 5000), or a share below 1 (default: sft.share of the training clips)",
    ),
  seed: z
    .union([z.int(), z.string()])
    .optional()
    .describe("another seed, another division (default: the experiment's seed)"),
});
export type SplitOptions = z.infer<typeof splitOptions>;

/** A user's clips: one list or folder, and where what it names is found. */
export const listOptions = z.strictObject({
  list: z
    .string()
    .min(1)
    .describe("list of clips (.jsonl, .csv, .tsv, .json), or a folder of clips or of an importer"),
  format: z
    .enum(listFormats)
    .optional()
    .describe("form of the list (default: recognised by its content)"),
  columns: columnNames.prefault({}).describe("columns by what they hold, where not found by name"),
  videos: z.string().min(1).optional().describe("folder of the films, called as the clips' ids"),
  audios: z
    .string()
    .min(1)
    .optional()
    .describe("folder of the sounds, where they are files of their own, called as the clips' ids"),
  features: z
    .strictObject({
      video: z.string().min(1).optional().describe("features of the picture: folder, or one file"),
      audio: z.string().min(1).optional().describe("features of the sound: folder, or one file"),
    })
    .prefault({})
    .describe(
      "features made elsewhere: a file a clip (.npy, .npz, .safetensors), or one file by id",
    ),
  split: splitOptions.prefault({}).describe("division into train, validation and test"),
});
export type ListOptions = z.infer<typeof listOptions>;

/** What says how a list is read, without how it is divided. */
export type ReadOptions = Partial<
  Pick<ListOptions, "format" | "columns" | "videos" | "audios" | "features">
>;
