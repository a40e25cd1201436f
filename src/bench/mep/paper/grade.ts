import { BenchError } from "../../../core/errors.ts";
import { type Choice, choose } from "../../ask/choose.ts";
import { type BenchmarkResult, countsOf, type SetResult } from "../../ask/result.ts";
import type { Session } from "../../port.ts";
import { readAnswerCues } from "../asked/answer-cues.ts";
import { blockNotes, type MepTools } from "../asked/grade.ts";
import type { ExtractedCues } from "../reference/extractors.ts";
import { mepItemsHash } from "../reference/items.ts";
import { describeId } from "../reference/questions.ts";
import { readYesNo } from "../reference/yes-no.ts";
import type { PaperAnswered } from "./answers.ts";
import type { PaperOptions } from "./command-options.ts";
import { type PaperItems, paperVersion } from "./items.ts";
import { paperNotes } from "./notes.ts";
import { questionsBySet } from "./observe.ts";
import { printedCueReader } from "./printed-cues.ts";
import { paperPromptsHash } from "./prompts.ts";
import { type PaperScored, scorePaper } from "./score.ts";
import { thinkingOf } from "./thinking.ts";

/** Part of the items, in proportion to samples whose streams agree or not. */
export function chosenItems(items: PaperItems, choice: Choice): PaperItems {
  return { ...items, samples: choose(items.samples, (one) => String(one.congruent), choice) };
}

/** Cues of the generated thinking by sample, and what could not be read by error code. */
interface ReadThinking {
  extractor: string;
  cues: ReadonlyMap<string, ExtractedCues>;
  unread: Readonly<Record<string, number>>;
  /** Phrases that broke the printed rules. */
  phrasesLeft: number;
  usage?: NonNullable<BenchmarkResult["usage"]>;
}

/** @throws BenchError `MEP_ANSWERS_NONE`; ConfigError of tools; GuardError `STAGE_FAILS`. */
export async function gradePaper(
  items: PaperItems,
  answered: PaperAnswered,
  options: PaperOptions,
  tools: MepTools,
  session: Session,
): Promise<BenchmarkResult> {
  const { mask, threshold } = options;
  const part = chosenItems(items, options);
  const sets = questionsBySet(part, mask);
  refuseStrangers(sets, answered);
  const read = await readThinking(part, answered, options, tools, session);
  const embedder = await tools.openEmbedder(options);
  try {
    const only = new Set(part.samples.map(({ id }) => id));
    const answers = { cues: read.cues, texts: answered.texts };
    const scored = await scorePaper(items, answers, { embedder, threshold, mask, only });
    const { extractor, phrasesLeft } = read;
    const measured = { extractor, embedder: embedder.id, threshold, mask, phrasesLeft };
    const usage = read.usage ?? answered.usage;
    return {
      benchmark: "mep-paper",
      model: answered.model,
      sets: setsOf(scored, sets, answered, read),
      protocol: {
        name: paperVersion,
        promptsHash: paperPromptsHash,
        tools: {
          "decomposer, references": items.extractor,
          "decomposer, thinking": extractor,
          matching: embedder.id,
          "absent probes": items.embedder,
          parser: "strict-1",
        },
        settings: {
          items: mepItemsHash(items),
          "mask ratio": `1.0 (${mask})`,
          "recalled above": threshold,
          ...answered.settings,
        },
      },
      notes: [
        ...paperNotes(items, answered, measured),
        ...blockNotes([...answered.texts].map(([id, text]) => ({ id, text }))),
        ...extraNote(items, answered, mask),
      ],
      ...(usage && { usage }),
    };
  } finally {
    await embedder.close?.();
  }
}

function refuseStrangers(sets: ReadonlyMap<string, string[]>, { texts }: PaperAnswered): void {
  const ids = [...sets.values()].flat();
  if (ids.some((id) => texts.has(id))) return;
  const [given = "(none given)"] = texts.keys();
  throw new BenchError("MEP_ANSWERS_NONE", "no answer belongs to a question of these items", {
    hint: `questions are named like '${ids[0]}', answers like '${given}'`,
  });
}

function extraNote(
  items: PaperItems,
  { texts }: PaperAnswered,
  mask: PaperOptions["mask"],
): string[] {
  const known = new Set([...questionsBySet(items, mask).values()].flat());
  const extra = [...texts.keys()].filter((id) => !known.has(id)).length;
  return extra === 0 ? [] : [`${extra} answers belong to no question of these items.`];
}

async function readThinking(
  { samples }: PaperItems,
  { model, texts, failures, usage }: PaperAnswered,
  { mask, extractor }: PaperOptions,
  tools: MepTools,
  session: Session,
): Promise<ReadThinking> {
  const described = samples.flatMap(({ id }) => {
    const question = describeId(id, "full", mask);
    const text = texts.get(question);
    return text === undefined ? [] : [{ sample: id, id: question, text: thinkingOf(text) }];
  });
  const codes: Record<string, number> = {};
  for (const { id } of samples) {
    const code = failures.get(describeId(id, "full", mask));
    if (code !== undefined) codes[code] = (codes[code] ?? 0) + 1;
  }
  if (extractor !== "chat") {
    const named = tools.extractorNamed(extractor);
    const cues = new Map<string, ExtractedCues>();
    for (const { sample, text } of described) cues.set(sample, await named.extract(text));
    return { extractor: named.id, cues, unread: codes, phrasesLeft: 0, ...(usage && { usage }) };
  }
  const answers = described.map(({ id, text }) => ({ id, text }));
  const read = await readAnswerCues(
    { model, answers, failures: codes, ...(usage && { usage }) },
    session,
    printedCueReader,
  );
  const left = new Set(read.answered.answers.map(({ id }) => id));
  const cues = new Map<string, ExtractedCues>();
  for (const { sample, id, text } of described) {
    if (left.has(id)) cues.set(sample, await read.extractor.extract(text));
  }
  return {
    extractor: read.extractor.id,
    cues,
    unread: read.answered.failures ?? {},
    phrasesLeft: read.leftOut,
    ...(read.answered.usage && { usage: read.answered.usage }),
  };
}

function setsOf(
  scored: readonly PaperScored[],
  questions: ReadonlyMap<string, readonly string[]>,
  answered: PaperAnswered,
  { cues, unread }: ReadThinking,
): SetResult[] {
  const names = [...new Set(scored.map(({ set }) => set))];
  return names.flatMap((name): SetResult[] => {
    const metrics = scored.filter(({ set }) => set === name).map(({ metric }) => metric);
    const ids = questions.get(name) ?? [];
    // Pairs are read off the answers of two other sets.
    if (name.startsWith("pair")) return [{ name, metrics, counts: countsOf(0, 0, 0, {}) }];
    if (ids.length === 0) {
      return name.startsWith("absent") ? [] : [unscored(name, metrics, "nothing to ask")];
    }
    const said = ids.flatMap((id) => answered.texts.get(id) ?? []);
    if (said.length === 0 && answered.by === "stored") {
      return [unscored(name, metrics, "no answer among the stored ones")];
    }
    if (name === "cue recall") {
      return [{ name, metrics, counts: countsOf(ids.length, cues.size, 0, unread) }];
    }
    const failures: Record<string, number> = {};
    for (const id of ids) {
      const code = answered.failures.get(id);
      if (code !== undefined) failures[code] = (failures[code] ?? 0) + 1;
    }
    const unparseable = said.filter((text) => readYesNo(text, "strict-1") === "unparseable").length;
    return [{ name, metrics, counts: countsOf(ids.length, said.length, unparseable, failures) }];
  });
}

const unscored = (name: string, metrics: SetResult["metrics"], why: string): SetResult => ({
  name,
  unscored: why,
  metrics,
  counts: countsOf(0, 0, 0, {}),
});
