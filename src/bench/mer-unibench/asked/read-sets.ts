import { BenchError } from "../../../core/errors.ts";
import type { SharedOptions } from "../../port.ts";
import { merSets } from "../sets.ts";
import type { MerSetId } from "../types.ts";
import type { MerOptions } from "./command-options.ts";
import { merSetsIn, readMerTestSet, readMerTruth } from "./data.ts";
import { merLayouts } from "./layouts.ts";
import { type SetFile, setFiles, unknownSet } from "./set-files.ts";
import { chooseSamples, type MerTestSet } from "./test-set.ts";

/**
 * The chosen part of every test set that is wanted and there.
 * @throws BenchError `SETS_NONE`, `LABELS_MISSING`; ConfigError `SET_UNKNOWN`; what the readers
 *   throw.
 */
export async function readSets(
  options: MerOptions & SharedOptions,
  files: readonly SetFile[],
): Promise<MerTestSet[]> {
  const { data, labels } = options;
  const truths = setFiles(labels ?? []);
  const present = data !== undefined ? merSetsIn(data) : [...new Set(truths.map(({ set }) => set))];
  const wanted = options.sets?.map(setNamed) ?? present;
  const chosen = merSets
    .map(({ id }) => id)
    .filter((id) => wanted.includes(id))
    .filter((id) => files.length === 0 || files.some(({ set }) => set === id));
  if (chosen.length === 0) throw noSets(options);
  const sets = await Promise.all(
    chosen.map((set) => {
      const truth = truths.find((one) => one.set === set);
      if (truth !== undefined) return readMerTruth(set, truth.file);
      if (data !== undefined) return readMerTestSet(data, set);
      throw new BenchError("LABELS_MISSING", `no label file of set '${set}'`, {
        hint: "give --labels set=file, or --data with the set's folder",
      });
    }),
  );
  return sets.map((set) => chooseSamples(set, options));
}

function noSets({ data }: MerOptions): BenchError {
  const folders = merSets.map(({ id }) => merLayouts[id].folder).join(", ");
  return new BenchError("SETS_NONE", "no test set to run", {
    ...(data !== undefined && { file: data }),
    hint: `--data holds folders such as ${folders}; each corpus comes from its owners under their licence (docs/benchmarks.md)`,
  });
}

function setNamed(name: string): MerSetId {
  const found = merSets.find(({ id }) => id === name);
  if (!found) throw unknownSet(name);
  return found.id;
}
