import type { InspectedClip } from "./clip.ts";
import { foundProblems, foundRefusals } from "./found.ts";
import type { InspectedList } from "./inspected-list.ts";

/** Changes when a field of `inspect.json` changes its meaning or goes. */
export const inspectFormat = "oppo-inspect-1";

/**
 * `inspect.json` piece by piece (docs/inspect.md says what stands where): one clip a line at the
 * end, so that a hundred thousand of them never stand in one string.
 */
export function* inspectDocument(list: InspectedList): Generator<string> {
  const head = JSON.stringify(headOf(list), null, 2);
  yield `${head.slice(0, -2)},\n  "clips": [\n`;
  for (const [index, clip] of list.clips.entries()) {
    yield `    ${JSON.stringify(clipEntry(clip, list))}${index < list.clips.length - 1 ? "," : ""}\n`;
  }
  yield "  ]\n}\n";
}

function headOf(list: InspectedList): object {
  const { source, notes, left, unused, media, total, swap, labels, groups, splits, sides, cues } =
    list;
  return {
    format: inspectFormat,
    list: list.list,
    source,
    notes,
    left,
    unused,
    media,
    total: { clips: list.clips.length, ...total },
    problems: foundProblems(list).map(({ kind: { id, title, weight }, clips }) => ({
      id,
      title,
      weight,
      clips: clips.map(({ clip }) => clip.row.id),
    })),
    waysOn: list.ways.map((result) => ({
      id: result.way.id,
      title: result.way.title,
      command: result.way.command,
      clips: result.clips,
      refused: result.refused.length,
      list: result.list,
      reasons: foundRefusals([result]).map(({ code, cure, clips }) => ({
        code,
        cure,
        clips: clips.map(({ clip }) => clip.row.id),
      })),
    })),
    swap,
    duplicates: [...list.duplicates.values()],
    labels,
    groups,
    splits: "notes" in sides ? { counts: splits, notes: sides.notes } : sides,
    cues,
  };
}

function clipEntry(clip: InspectedClip, { problems }: InspectedList): object {
  const { row, media, cues, features } = clip;
  const files = media?.files;
  const file = (one: NonNullable<typeof files>["video"]) =>
    one && {
      sha256: one.sha256,
      bytes: one.facts.bytes,
      container: one.facts.container,
      tracks: one.facts.tracks,
    };
  return {
    id: row.id,
    split: row.split,
    group: row.group,
    labels: row.labels,
    media: row.media,
    features: row.features && { ...row.features, shapes: features },
    picture: media?.picture,
    sound: media?.sound && { ...media.sound, envelope: undefined },
    files: files && { video: file(files.video), audio: file(files.audio) },
    failures: media?.failures,
    cues,
    problems: (problems.get(clip) ?? []).map(({ kind, detail }) => ({ id: kind.id, detail })),
  };
}
