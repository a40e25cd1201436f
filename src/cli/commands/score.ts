import { styleText } from "node:util";
import { Command } from "@commander-js/extra-typings";
import { OppoError } from "../../core/errors.ts";
import { readText } from "../../core/text.ts";
import type { CueModality } from "../../cues/cue.ts";
import { decomposeReference } from "../../cues/decompose.ts";
import { evidenceSpans } from "../../cues/evidence.ts";
import { parseResponse } from "../../cues/response.ts";
import { explainReward } from "../../rewards/explain.ts";
import { rewardOptions } from "../../rewards/options.ts";
import { createScorer } from "../../rewards/scorer.ts";
import { openEmbedder } from "../../similarity/open.ts";
import { embedderOptions } from "../../similarity/options.ts";
import { openWheel, openWheels } from "../wheel.ts";
import { readConfig } from "./experiment.ts";

const colours: Readonly<Record<CueModality, "cyan" | "yellow" | "magenta">> = {
  visual: "cyan",
  acoustic: "yellow",
  emotion: "magenta",
};

/** `oppo score`: reward and evidence of one response, explained term by term. */
export function scoreCommand() {
  return new Command("score")
    .description("reward and evidence of one response, explained term by term")
    .argument("<response>", "the response, or @file to read it from")
    .requiredOption("-r, --reference <text>", "reference reasoning, or @file")
    .option("-l, --label <label>", "true label (default: the reference's own answer)")
    .option("-c, --config <file>", "take embedder and reward from this experiment file")
    .option("--variant <name>", "whose reward settings to take from --config")
    .option("--json", "print the scored response as JSON")
    .action(async (response, options) => {
      const settings = settingsOf(options);
      const reference = textOf(options.reference);
      const label = options.label ?? parseResponse(reference).answer?.text ?? "";
      const item = {
        response: textOf(response),
        reference: decomposeReference(reference),
        labels: [label],
      };
      if (label === "") {
        throw new OppoError("LABEL_MISSING", "the reference has no <answer>", {
          hint: "give the true label with --label",
        });
      }
      const { embedder, calibration } = await openEmbedder(settings.embedder);
      const scorer = createScorer({
        embedder,
        calibration,
        options: settings.reward,
        groupOf: await openWheel(settings.reward),
        wheels: await openWheels(settings.reward),
      });
      const [scored] = await scorer.score([item]);
      await embedder.close?.();
      if (options.json) {
        process.stdout.write(`${JSON.stringify({ embedder: embedder.id, ...scored }, null, 2)}\n`);
        return;
      }
      process.stdout.write(`${highlighted(item.response)}\n\n`);
      process.stdout.write(`${explainReward(scored!, item, settings.reward)}\n`);
      process.stdout.write(`embedder ${embedder.id}, extractor ${item.reference.extractor}\n`);
    });
}

function settingsOf(options: { config?: string | undefined; variant?: string | undefined }) {
  if (options.config === undefined) {
    return {
      embedder: embedderOptions.parse(undefined),
      reward: rewardOptions.parse({}),
    };
  }
  const experiment = readConfig({ config: options.config, set: [] });
  const names = Object.keys(experiment.variants);
  const variant = experiment.variants[options.variant ?? names.at(-1)!];
  if (!variant) {
    throw new OppoError("VARIANT_UNKNOWN", `no variant is called '${options.variant}'`, {
      file: options.config,
      hint: `variants: ${names.join(", ")}`,
    });
  }
  return { embedder: experiment.embedder, reward: variant.reward };
}

function textOf(argument: string): string {
  return argument.startsWith("@") ? readText(argument.slice(1)).trim() : argument;
}

/** The response with its evidence coloured, and a legend. */
function highlighted(text: string): string {
  let out = "";
  let at = 0;
  for (const { start, end, modality } of evidenceSpans(text)) {
    out += text.slice(at, start) + styleText(colours[modality], text.slice(start, end));
    at = end;
  }
  const legend = Object.entries(colours).map(([name, colour]) => styleText(colour, name));
  return `${out}${text.slice(at)}\n[${legend.join(" ")}]`;
}
