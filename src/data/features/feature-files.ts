import { DataError, OppoError } from "../../core/errors.ts";
import type { ClipRow } from "../clip-row.ts";
import { openArrayFile } from "./array-file.ts";
import { arrayName, indexNames, type NameIndex, type Wanted } from "./array-name.ts";
import { type Failure, failuresError, placed } from "./failures.ts";
import { toMatrix } from "./matrix.ts";
import { resampleRows } from "./resample.ts";
import { refuseOtherWidths } from "./same-width.ts";
import type { ReadFeatures, StreamFeatures } from "./stream-features.ts";
import { type StreamName, streams } from "./streams.ts";

/** Of how many rows each stream is to be; streams that are absent are not read. */
export type TokensOf = Partial<Record<StreamName, number>>;

/**
 * Streams of every row from files of features: `.npy`, `.npz` or safetensors, of one clip each or
 * of all of them by id; float16 to float64, any [T, D], brought to the wanted number of rows by
 * `resampleRows`.
 * @throws DataError `FEATURES_UNREADABLE` naming every clip whose file is missing, not finite,
 *   empty, of another shape or ambiguous; `FEATURES_WIDTH` where D differs between clips
 */
export function readFeatureFiles(
  rows: readonly ClipRow[],
  tokens: TokensOf,
): Partial<Record<StreamName, StreamFeatures>> {
  const wantedStreams = streams.filter((stream) => tokens[stream] !== undefined);
  const { read, failures } = readAll(rows, tokens);
  if (failures.length > 0) {
    const what = `${rows.length} clips have features that cannot be used`;
    const hint = "mend the files or leave the clips out of the list";
    throw failuresError("FEATURES_UNREADABLE", what, hint, failures);
  }
  const of = (stream: StreamName): StreamFeatures => {
    const own = read.filter((one) => one.stream === stream);
    return {
      byId: new Map(own.map(({ id, features }) => [id, features])),
      dim: refuseOtherWidths(own, stream),
      notes: notesOf(own, stream, tokens[stream]!),
    };
  };
  return Object.fromEntries(wantedStreams.map((stream) => [stream, of(stream)]));
}

/**
 * What can be read, and what is wrong with the rest. Rows without a file of a wanted stream have
 * none of it.
 */
export function readAll(
  rows: readonly ClipRow[],
  tokens: TokensOf,
): { read: ReadFeatures[]; failures: Failure[] } {
  const wantedStreams = streams.filter((stream) => tokens[stream] !== undefined);
  const read: ReadFeatures[] = [];
  const failures: Failure[] = [];
  for (const [file, wanted] of fileUses(rows, wantedStreams)) {
    const ids = [...new Set(wanted.map(({ id }) => id))];
    attempt(failures, ids, file, "", () => readFile(file, wanted, tokens, { read, failures }));
  }
  return { read, failures };
}

/** Which clips want what of which file. A file is opened once, whatever is wanted of it. */
function fileUses(
  rows: readonly ClipRow[],
  wantedStreams: readonly StreamName[],
): Map<string, Wanted[]> {
  const uses = new Map<string, Wanted[]>();
  for (const { id, features = {} } of rows) {
    for (const stream of wantedStreams) {
      const file = features[stream];
      if (file === undefined) continue;
      const isForBoth = features.video === features.audio;
      const wanted = { id, stream, isShared: false, isForBoth };
      const others = uses.get(file);
      if (others) others.push(wanted);
      else uses.set(file, [wanted]);
    }
  }
  for (const wanted of uses.values()) {
    const isShared = wanted.some(({ id }) => id !== wanted[0]!.id);
    for (const one of wanted) one.isShared = isShared;
  }
  return uses;
}

/**
 * Reads what the clips want of one file; what is wrong with one clip's array is that clip's
 * failure.
 */
function readFile(
  file: string,
  wanted: readonly Wanted[],
  tokens: TokensOf,
  { read, failures }: { read: ReadFeatures[]; failures: Failure[] },
): void {
  const arrays = openArrayFile(file);
  const index = arrays.names && indexNames(arrays.names);
  const owners = new Map<string, Wanted>();
  for (const one of wanted) {
    attempt(failures, [one.id], file, "", () => {
      const name = nameIn(index, one, file);
      const other = owners.get(name);
      if (other) throw ambiguous(`array '${name}' may be of '${other.id}' as well`);
      owners.set(name, one);
    });
  }
  for (const [name, array] of arrays.read([...owners.keys()])) {
    const { id, stream } = owners.get(name)!;
    attempt(failures, [id], file, name, () => {
      const { values, rows, dim } = toMatrix(array());
      const features = resampleRows({ values, rows, dim }, tokens[stream]!);
      read.push({ id, stream, file, rows, dim, features });
    });
  }
}

/** The name of a clip's array; "" in a file of one array, which cannot serve two purposes. */
function nameIn(index: NameIndex | null, wanted: Wanted, file: string): string {
  if (index !== null) return arrayName(index, wanted, file);
  if (!wanted.isShared && !wanted.isForBoth) return "";
  const who = wanted.isShared ? "several clips" : "both streams of a clip";
  throw ambiguous(`one array cannot be the features of ${who}`);
}

function ambiguous(what: string): DataError {
  const hint = "a .npz or safetensors file holds arrays by name: '<id>/video', '<id>/audio'";
  return new DataError("FEATURES_NAME", what, { hint });
}

/** Does the work, or notes why it could not be done. */
function attempt(
  failures: Failure[],
  ids: readonly string[],
  file: string,
  array: string,
  work: () => void,
): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof OppoError)) throw error;
    failures.push({ ids, error: placed(error, file, array) });
  }
}

function notesOf(read: readonly ReadFeatures[], stream: StreamName, tokens: number): string[] {
  if (read.length === 0) return [];
  const least = read.reduce((min, { rows }) => Math.min(min, rows), Number.POSITIVE_INFINITY);
  const most = read.reduce((max, { rows }) => Math.max(max, rows), 0);
  const short = read.filter(({ rows }) => rows < tokens).length;
  const span = least === most ? `${least}` : `${least} to ${most}`;
  const whole =
    `${stream} features of ${read.length} clips come from files: ${span} rows of ${read[0]!.dim}, ` +
    `brought to ${tokens} tokens, each the mean over an equal share of the clip`;
  if (short === 0) return [whole];
  return [
    whole,
    most === 1
      ? `every clip has one row of ${stream} features: ${stream}Tokens: 1 says the same in fewer tokens`
      : `${short} of ${read.length} clips have fewer rows of ${stream} features than tokens: rows repeat`,
  ];
}
