import { counted } from "../../core/counted.ts";
import { duration } from "../../core/duration.ts";
import type { LeftRow } from "../rows.ts";
import type { InspectedClip } from "./clip.ts";
import { foundProblems, foundRefusals } from "./found.ts";
import type { Count, Inspection } from "./inspect.ts";
import type { InspectedList } from "./inspected-list.ts";
import type { Weight } from "./problems.ts";
import type { WayResult } from "./ways/index.ts";
import { bytesText, few } from "./words.ts";

/** One shape a weight: none is told by colour alone. */
export const weightSigns: Readonly<Record<Weight, string>> = { stop: "✕", look: "▲", note: "·" };

/** A block of lines under a heading. */
export interface SummaryPart {
  heading: string;
  lines: readonly string[];
}

/** What was found, for the console: counts first, then a few names a problem. */
export function summaryOf(list: InspectedList): SummaryPart[] {
  return [
    { heading: list.list, lines: [...overview(list), ...list.notes] },
    { heading: "Problems", lines: problemLines(list) },
    { heading: "Ways on", lines: list.ways.flatMap(wayLines) },
    { heading: "Why clips are refused", lines: refusalLines(list) },
  ].filter(({ lines }) => lines.length > 0);
}

function overview(list: InspectedList): string[] {
  const { clips, media, total } = list;
  const files = media
    ? `: ${duration(total.pictureSec)} of picture, ${duration(total.soundSec)} of sound, ${bytesText(total.bytes)}`
    : "; their files were not opened (--no-media)";
  const lines = [`${counted(clips.length, "clip")}${files}`, ...mediaLines(list)];
  const referenced = clips.filter(({ cues }) => cues !== null);
  lines.push(
    referenced.length === 0
      ? "no references: there is nothing to learn reasoning from, and nothing to compare it with"
      : referenceLine(referenced, clips.length),
  );
  lines.push(labelLine(list));
  if (list.groups.length > 0)
    lines.push(`${counted(list.groups.length, "group")}: ${most(list.groups)}`);
  lines.push(...("notes" in list.sides ? list.sides.notes : [list.sides.refused.message]));
  if (list.unused.length > 0) {
    lines.push(`${counted(list.unused.length, "file")} that no row names: ${few(list.unused)}`);
  }
  return lines;
}

function mediaLines({ clips, media, swap }: InspectedList): string[] {
  if (!media || clips.every((clip) => !clip.media)) return [];
  const range = (values: readonly number[], unit: string): string => {
    const [least, largest] = [Math.min(...values), Math.max(...values)];
    const show = (value: number) => Number(value.toFixed(2));
    return least === largest
      ? `${show(least)} ${unit}`
      : `${show(least)} to ${show(largest)} ${unit}`;
  };
  const pictures = clips.flatMap((clip) => clip.media?.picture ?? []);
  if (pictures.length === 0) return [];
  const sizes = new Set(pictures.map(({ width, height }) => `${width}×${height}`));
  const long = reduced(pictures.map(({ startSec, endSec }) => endSec - startSec));
  const rates = reduced(pictures.map(({ fps }) => fps));
  const equal = (["visual", "acoustic"] as const).every((stream) => swap[stream].shapes <= 1);
  return [
    `${range(long, "s")} long, ${range(rates, "frames a second")}, ${few([...sizes])} pixels`,
    equal
      ? "all equally long and large: streams can be swapped between any two"
      : `not equally long and large: ${swap.visual.equal} of ${swap.visual.clips} pictures and ${swap.acoustic.equal} of ${swap.acoustic.clips} sounds are of the most frequent shape`,
  ];
}

/** Least and largest: a hundred thousand arguments are too many for one call. */
const reduced = (values: readonly number[]): [number, number] =>
  values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );

function referenceLine(referenced: readonly InspectedClip[], clips: number): string {
  const mean = (modality: "visual" | "acoustic") =>
    (referenced.reduce((sum, { cues }) => sum + cues![modality], 0) / referenced.length).toFixed(1);
  return `references of ${referenced.length} of ${clips}: ${mean("visual")} cues seen and ${mean("acoustic")} heard in each, on average`;
}

function labelLine({ labels, clips }: Inspection): string {
  const without = clips.filter(({ row }) => row.labels.length === 0).length;
  if (labels.length === 0) return "no labels: accuracy can't be part of a reward";
  const one = labels.length === 1 ? "; with one label every answer is right" : "";
  const lack = without > 0 ? `; ${counted(without, "clip")} without` : "";
  return `${counted(labels.length, "label")}: ${most(labels)}${lack}${one}`;
}

const most = (counts: readonly Count[]): string =>
  few(
    counts.map(({ name, count }) => `${name} ${count}`),
    8,
  );

/** Line, where the list has lines, and reason. */
export const whyLeft = ({ line, reason }: LeftRow): string =>
  line === undefined ? reason : `line ${line}: ${reason}`;

function problemLines(list: InspectedList): string[] {
  const left = list.left.map((row) => `'${row.id}' (${whyLeft(row)})`);
  return [
    ...(left.length > 0 ? [`✕ ${counted(left.length, "row")} left out: ${few(left)}`] : []),
    ...foundProblems(list).map(({ kind, clips }) => {
      const names = clips.map(({ clip, detail }) => `'${clip.row.id}' (${detail})`);
      return `${weightSigns[kind.weight]} ${counted(clips.length, "clip")}: ${kind.title}: ${few(names)}`;
    }),
  ];
}

function wayLines({ way, clips, list, refused }: WayResult): string[] {
  const total = clips + refused.length;
  const how =
    refused.length === 0
      ? `all of ${counted(total, "clip")}`
      : `${clips} of ${counted(total, "clip")}`;
  return [
    `${waySign(clips, refused.length, list.length)} ${way.title}: ${how} (${way.command})`,
    ...list.map(({ says, cure }) => `    ${says}: ${cure}`),
  ];
}

/** ✓ all clips can go, ▲ some, ✕ none, or the list as a whole is refused. */
export function waySign(clips: number, refused: number, list: number): string {
  if (clips === 0 || list > 0) return "✕";
  return refused === 0 ? "✓" : "▲";
}

/** Each reason once, whatever number of ways it closes. */
function refusalLines({ ways }: InspectedList): string[] {
  return foundRefusals(ways).map(({ clips, cure, ways: closed }) => {
    const names = clips.map(({ clip, says }) => `'${clip.row.id}': ${says}`);
    const where = closed.length === ways.length ? "every way" : closed.join(", ");
    const more = names.length > 1 ? ` (and ${names.length - 1} more)` : "";
    return `${counted(clips.length, "clip")} (${where}): ${names[0]}${more}. Cure: ${cure}`;
  });
}
