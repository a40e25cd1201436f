import type { CueModality } from "../../cues/cue.ts";
import { decomposeReference } from "../../cues/decompose.ts";
import type { ClipRow } from "../clip-row.ts";
import type { SplitShares } from "../split/draw.ts";
import { type FeatureFacts, type InspectedClip, lengthOf, mediaFacts } from "./clip.ts";
import { featureFacts } from "./feature-facts.ts";
import { type LookOptions, lookAtFiles } from "./look/look-at-files.ts";
import { type Problem, problemsOf } from "./problems.ts";
import { type Survey, surveyOf } from "./survey.ts";
import { type WayResult, walkWays } from "./ways/index.ts";

export interface InspectOptions extends LookOptions {
  /** false: files are not opened; references, labels and groups alone are looked at. */
  media: boolean;
  /** How an experiment would divide the clips. */
  shares: SplitShares;
}

/** Everything that was found out about a list of clips. */
export interface Inspection extends Survey {
  /** Whether files were opened. */
  media: boolean;
  problems: ReadonlyMap<InspectedClip, readonly Problem[]>;
  ways: readonly WayResult[];
  labels: readonly Count[];
  groups: readonly Count[];
  /** As given or drawn; empty where no division can be drawn. */
  splits: readonly Count[];
  /** The most frequent cues of each modality. */
  cues: Readonly<Record<CueModality, readonly Count[]>>;
  /** Seconds of picture and of sound, and bytes, over all clips. */
  total: { pictureSec: number; soundSec: number; bytes: number };
}

/** How often something stands in a list. */
export interface Count {
  name: string;
  count: number;
}

/** Cues of a modality that are counted at most. */
const mostCues = 12;

/** Looks at every clip of a list and says what is there. Throws nothing for what clips are. */
export async function inspectClips(
  rows: readonly ClipRow[],
  options: InspectOptions,
): Promise<Inspection> {
  const files = rows.flatMap(({ media }) =>
    [media.video, media.audio].filter((file) => file !== undefined),
  );
  const looked = options.media ? await lookAtFiles(files, options) : new Map();
  const features = options.media ? featureFacts(rows) : new Map<string, FeatureFacts>();
  const tally = cueTally();
  const clips: InspectedClip[] = [];
  for (const [index, row] of rows.entries()) {
    clips.push({
      row,
      media: mediaFacts(row, looked),
      cues: tally.add(row.reference),
      features: features.get(row.id) ?? null,
    });
    if (index % 1000 === 999) await breathe(options, index + 1, rows.length);
  }
  const survey = surveyOf(clips, options.shares);
  const problems = clips.flatMap((clip): [InspectedClip, Problem[]][] => {
    const found = problemsOf(clip, survey);
    return found.length > 0 ? [[clip, found]] : [];
  });
  return {
    ...survey,
    media: options.media,
    problems: new Map(problems),
    ways: walkWays(survey),
    labels: counted(rows.flatMap(({ labels }) => labels)),
    groups: counted(rows.flatMap(({ group }) => group ?? [])),
    splits: counted("rows" in survey.sides ? survey.sides.rows.map(({ split }) => split) : []),
    cues: tally.most(),
    total: totalOf(clips),
  };
}

/** References are read in this thread: a turn of the event loop now and then keeps Ctrl-C alive. */
async function breathe(options: InspectOptions, done: number, total: number): Promise<void> {
  options.progress({ step: "read references", done, total });
  await new Promise((resolve) => setImmediate(resolve));
  options.signal?.throwIfAborted();
}

function cueTally() {
  const counts = {
    visual: new Map<string, number>(),
    acoustic: new Map<string, number>(),
    emotion: new Map<string, number>(),
  };
  return {
    add(reference: string | undefined): InspectedClip["cues"] {
      if (reference === undefined || reference.trim() === "") return null;
      const own = { visual: 0, acoustic: 0, emotion: 0 };
      for (const { modality, text, positive } of decomposeReference(reference).cues) {
        own[modality]++;
        const name = positive ? text.toLowerCase() : `not: ${text.toLowerCase()}`;
        counts[modality].set(name, (counts[modality].get(name) ?? 0) + 1);
      }
      return own;
    },
    most: () => ({
      visual: sorted(counts.visual).slice(0, mostCues),
      acoustic: sorted(counts.acoustic).slice(0, mostCues),
      emotion: sorted(counts.emotion).slice(0, mostCues),
    }),
  };
}

function counted(names: readonly string[]): Count[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return sorted(counts);
}

const sorted = (counts: ReadonlyMap<string, number>): Count[] =>
  [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));

function totalOf(clips: readonly InspectedClip[]): Inspection["total"] {
  const total = { pictureSec: 0, soundSec: 0, bytes: 0 };
  for (const { media } of clips) {
    total.pictureSec += lengthOf(media?.picture ?? null);
    total.soundSec += lengthOf(media?.sound ?? null);
    total.bytes += (media?.files.video?.facts.bytes ?? 0) + (media?.files.audio?.facts.bytes ?? 0);
  }
  return total;
}
