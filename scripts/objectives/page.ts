import { variantPresets } from "../../src/config/variant-presets.ts";
import type { LossOptions } from "../../src/loss/options.ts";
import { lossSchema, presetNames } from "../../src/loss/options.ts";
import { presets } from "../../src/loss/presets.ts";
import { everyClaim, type LossTerm } from "../../src/loss/term.ts";
import type { MaskKind } from "../../src/prompt/masks.ts";
import { rewardOptions } from "../../src/rewards/options.ts";
import { paperTerms } from "../../src/rewards/paper-terms.ts";
import type { RewardTerm } from "../../src/rewards/term.ts";
import { code, link, math, type Row, table } from "./markdown.ts";
import { type Setting, settingsOf } from "./settings.ts";

export interface Tables {
  loss: readonly LossTerm[];
  reward: readonly RewardTerm[];
  masks: readonly MaskKind[];
}

/**
 * docs/objectives.md: what the tables of terms and masks say, and the settings they are governed
 * by.
 */
export function objectivesPage({ loss, reward, masks }: Tables): string {
  return `${[
    "# Objectives: every term, reward and mask kind",
    "Written by `npm run docs` from `src/loss/terms.ts`, `src/rewards/terms.ts` and " +
      "`src/prompt/masks.ts`; a test fails where it is out of date. Symbols: " +
      `${link("method.md", "notation")}.`,
    "## Loss terms",
    "The objective is the sum of weight × value over the terms with a weight. *Suppressive* terms, whose " +
      `cheapest solution is to claim nothing, are scaled by the ${link("claim controller", "claim-controller")}.`,
    table(["term", "minimises", "weight", "what it is", "source"], loss.map(lossRow)),
    ...fidelityOf(loss),
    "What each asks for. *Passes*: how many masked passes of a rollout it compares with. *Reads*: the " +
      "tokens of masked passes that it looks at; a pass is read nowhere else. *Masked learns*: it sends " +
      "a gradient through masked passes. *Uses $s_C$*: it weighs claims by their match with the " +
      "reference. Where settings decide, the default stands first.",
    table(
      [
        "term",
        "passes",
        "reads",
        "claims",
        "suppressive",
        "masked learns",
        "uses $s_C$",
        "metrics",
      ],
      loss.map(needsRow),
    ),
    "### Presets",
    "Each is the preset `none` with these settings changed.",
    table(["preset", "settings"], presetNames.map(presetRow)),
    "### Presets of variants",
    "Reward, loss, mask and group of a whole variant: `variants: { oppo-paper: { preset: paper } }`; fields " +
      "of the variant win. What all variants of an experiment share (steps, learning rate, and clips per " +
      "step unless a variant has `rl.prompts`) is not in them.",
    table(["preset", "source", "what is exact, what is ours", "settings"], variantRows()),
    "### Settings of the loss",
    settingsTable(settingsOf(lossSchema, presets.none)),
    "## Reward terms",
    "The reward is Σ weight × score / Σ weight over the terms that say something of a response; a gate " +
      `multiplies it (${link("reward", "reward")}).`,
    table(["term", "score", "weight", "what it is"], reward.map(rewardRow)),
    "With `form: paper` the reward is the plain sum Σ weight × score over these terms instead, as OPPO's " +
      `paper prints it: not divided, no gate (${link("reward as printed", "reward-as-printed")}).`,
    table(["term", "score", "weight", "what it is"], paperTerms.map(rewardRow)),
    ...fidelityOf(paperTerms),
    "### Settings of the reward",
    settingsTable(settingsOf(rewardOptions, rewardOptions.parse({}))),
    "## Masks",
    "Ways to hide a stream: one word each, in prompts (the trainer, the oracle track), in media files " +
      "(MEP-Bench on models), in exports and in the ms-swift plugin. Under a *partial* mask the stream " +
      `still shows something, so terms that act on blind claims alone (${blindOnly(loss)}) skip it.`,
    table(
      ["kind", "what is there instead", "hides", "partial", "needs", "exists in"],
      masks.map(maskRow),
    ),
  ].join("\n\n")}\n`;
}

/** What is the source's and what is ours, for terms that say. */
const fidelityOf = (terms: readonly { name: string; doc: { fidelity?: string } }[]): string[] =>
  terms.flatMap(({ name, doc: { fidelity } }) => (fidelity ? [`${code(name)}: ${fidelity}.`] : []));

const yes = (value: boolean): string => (value ? "yes" : "");

/** Term and where docs/method.md derives it. */
const title = ({ title: text, anchor }: { title: string; anchor: string }): string =>
  link(text, anchor);

function lossRow({ name, option, weight, doc }: LossTerm): Row {
  const set = option === null ? String(weight(presets.none)) : code(option);
  return [code(name), math(doc.formula), set, title(doc), doc.source];
}

function needsRow(term: LossTerm): Row {
  const { name, needs, blindOnly: blind, selector, suppressive, metrics } = term;
  const learns = varying(term, (options) => yes(term.learnsMasked(options)) || "no");
  const match = varying(term, (options) => yes(term.usesMatch(options)) || "no");
  return [
    code(name),
    blind
      ? `${needs}, hidden completely`
      : varying(term, (options) => (term.joint?.(options) ? "one, both streams hidden" : needs)),
    varying(term, (options) => readsOf(term, options)),
    selector === everyClaim ? "all" : selector.id,
    yes(suppressive),
    learns,
    match,
    metrics.map(code).join(", "),
  ];
}

/** Tokens of masked passes that a term looks at, and where it looks at the whole vocabulary. */
function readsOf(term: LossTerm, options: LossOptions): string {
  const claims = [{ modality: "visual" as const, heads: [0], match: 1 }];
  const whole = Object.keys(term.whole?.(claims, 2, options) ?? {}).length > 0;
  return whole ? "whole vocabulary at its tokens" : term.reads(options);
}

/** What `of` says by default and, where another choice of the term's section changes it, then. */
function varying(term: LossTerm, of: (options: LossOptions) => string): string {
  const fallback = of(presets.none);
  const others = choicesOf(term.option).filter(({ options }) => of(options) !== fallback);
  const told = others.map(({ text, options }) => `${of(options)} with ${code(text)}`);
  return told.length === 0 && fallback === "no" ? "" : [fallback, ...told].join("; ");
}

/** Each single choice of the section that `option` stands in, other than its default. */
function choicesOf(option: string | null): { text: string; options: LossOptions }[] {
  if (option === null) return [];
  const section = option.split(".")[0] as keyof LossOptions;
  return settingsOf(lossSchema, presets.none)
    .filter(({ path, values }) => path.startsWith(`${section}.`) && values.length > 0)
    .flatMap(({ path, values, value }) => {
      const key = path.slice(section.length + 1);
      return values
        .filter((other) => other !== value)
        .map((other) => ({
          text: `${key}: ${other}`,
          options: { ...presets.none, [section]: { ...presets.none[section], [key]: other } },
        }));
    });
}

function presetRow(name: (typeof presetNames)[number]): Row {
  const changed = settingsOf(lossSchema, presets[name]).filter(
    ({ value }, index) => value !== settingsOf(lossSchema, presets.none)[index]?.value,
  );
  return [code(name), changed.map(({ path, value }) => code(`${path}: ${value}`)).join(", ")];
}

function variantRows(): Row[] {
  return Object.entries(variantPresets).map(([name, { source, fidelity, settings }]) => [
    code(name),
    source,
    fidelity,
    flat(settings).map(code).join(", "),
  ]);
}

/** `a.b: value` of every leaf. */
function flat(value: object, prefix = ""): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "object" && inner !== null
      ? flat(inner, `${prefix}${key}.`)
      : [`${prefix}${key}: ${inner}`],
  );
}

function rewardRow({ name, option, weight, gate, doc }: RewardTerm): Row {
  const options = rewardOptions.parse({});
  const set = option === null ? String(weight(options)) : `${weight(options)} (${code(option)})`;
  const gates = gate?.(options) ? "a gate by default" : "";
  return [code(name), math(doc.formula), [set, gates].filter(Boolean).join(", "), title(doc)];
}

function maskRow({ id, shows, streams, partial, needs, places }: MaskKind): Row {
  const source = {
    rng: "a random generator",
    donor: "another clip",
    blank: "features of nothing",
    ratio: "a ratio and a random generator",
  };
  return [
    code(id),
    shows,
    streams.join(", "),
    yes(partial),
    needs ? source[needs] : "",
    places.join(", "),
  ];
}

/** A default as a config file would say it. */
const plain = (value: unknown): string =>
  typeof value === "object" ? JSON.stringify(value) : String(value);

const blindOnly = (loss: readonly LossTerm[]): string =>
  loss
    .filter((term) => term.blindOnly)
    .map(({ name }) => code(name))
    .join(", ");

function settingsTable(settings: readonly Setting[]): string {
  return table(
    ["setting", "default", "meaning"],
    settings.map(({ path, value, values, meaning }) => [
      code(path),
      value === undefined ? "" : code(plain(value)),
      values.length > 0 && typeof values[0] === "string"
        ? `${values.map((each) => code(String(each))).join(", ")}: ${meaning}`
        : meaning,
    ]),
  );
}
