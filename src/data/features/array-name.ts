import { DataError } from "../../core/errors.ts";
import { listed, type StreamName } from "./streams.ts";

/** What is looked for in a file of arrays, and who else looks there. */
export interface Wanted {
  id: string;
  stream: StreamName;
  /** Several clips name this file. */
  isShared: boolean;
  /** The clip names this file for both of its streams. */
  isForBoth: boolean;
}

/**
 * Names of a file's arrays by their NFC form: ids are NFC, names are as their writer's system had
 * them.
 */
export type NameIndex = ReadonlyMap<string, readonly string[]>;

export function indexNames(names: readonly string[]): NameIndex {
  const index = new Map<string, string[]>();
  for (const name of names) {
    const form = name.normalize("NFC");
    const there = index.get(form);
    if (there) there.push(name);
    else index.set(form, [name]);
  }
  return index;
}

/**
 * Which array of a file belongs to a clip and stream: the one called `<id>/<stream>` or
 * `<id>.<stream>`, like the clip or like the stream, or the only one there is. A file that serves
 * several clips is read by id, one that serves both streams by stream, so that nothing is taken for
 * two things.
 * @throws DataError `FEATURES_NAME` with the names there are, where none or several match
 */
export function arrayName(index: NameIndex, wanted: Wanted, file: string): string {
  const accepted = acceptedNames(wanted);
  const matching = accepted.flatMap((name) => index.get(name) ?? []);
  if (matching.length === 1) return matching[0]!;
  const all = [...index.values()].flat();
  const isAlone = all.length === 1 && !wanted.isShared && !wanted.isForBoth;
  if (isAlone) return all[0]!;
  const what =
    matching.length > 1
      ? `${matching.length} arrays may be the ${wanted.stream} features of '${wanted.id}': ${quoted(matching)}`
      : `no array for the ${wanted.stream} features of '${wanted.id}': the file holds ${quoted(all)}`;
  const hint = `name one ${accepted.map((name) => `'${name}'`).join(" or ")}`;
  throw new DataError("FEATURES_NAME", what, { file, hint });
}

function acceptedNames({ id, stream, isShared, isForBoth }: Wanted): string[] {
  const names = [`${id}/${stream}`, `${id}.${stream}`];
  if (!isForBoth) names.push(id);
  // A clip may be called like a stream.
  if (!isShared && id !== stream) names.push(stream);
  return names;
}

const quoted = (names: readonly string[]): string => listed(names.map((name) => `'${name}'`));
