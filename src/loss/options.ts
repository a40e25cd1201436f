import { z } from "zod";
import { estimatorNames } from "./estimators.ts";

const weight = z.number().min(0);
const nats = z.number().positive();

export const surrogateSchema = z.strictObject({
  kind: z
    .enum(["grpo", "dapo", "dr_grpo", "gspo", "cispo", "sapo"])
    .describe("policy-gradient surrogate; sets ratio and normaliser"),
  clipLow: z.number().min(0).max(1).describe("ratio floor is 1 − clipLow (GSPO: 3e-4)"),
  clipHigh: z.number().min(0).describe("ratio ceiling is 1 + clipHigh (GSPO: 4e-4)"),
  dualClip: z
    .number()
    .min(0)
    .describe("for A < 0 the loss is at most −dualClip·A; above 1, or 0 for off"),
  ratioCap: z.number().positive().describe("cispo: cap on the detached ratio"),
  maxTokens: z.int().positive().describe("dr_grpo: tokens a sequence is divided by"),
  tauPositive: z
    .number()
    .positive()
    .describe("sapo: temperature where A > 0; larger: the gradient fades sooner off-policy"),
  tauNegative: z.number().positive().describe("sapo: temperature where A ≤ 0"),
});

export const referenceSchema = z.strictObject({
  weight: weight.describe("beta on the KL to the reference policy; 0 needs no reference pass"),
  form: z
    .enum(["weighted", "grpo"])
    .describe(
      "weighted: ρ·k3, mean over all tokens, the KL's own gradient; grpo: k3, mean per response, as GRPO prints it",
    ),
});

export const sensitivitySchema = z.strictObject({
  weight: weight.describe("lambda_S on the own-stream margin"),
  cap: nats.describe("c_S: nats a claim must lose when its stream is hidden"),
  level: z.enum(["claim", "token"]).describe("one hinge per claim or per head token"),
  routing: z
    .enum(["full", "mask", "both", "gated"])
    .describe("branch that learns; gated: masked always, full by the claim's match"),
});

export const onsetSchema = z.strictObject({
  weight: weight.describe("lambda_O on opening a claim blind"),
  cap: nats.describe("c_O: nats the claim's first token must lose when blind"),
});

export const invarianceSchema = z.strictObject({
  weight: weight.describe("lambda_I on leaning on the other stream"),
  kappa: z.number().min(0).describe("nats of dependence that are free"),
  huber: nats.describe("knee of the Huber loss, nats"),
});

export const attributionSchema = z.strictObject({
  weight: weight.describe("lambda_C on the attribution margin; needs both masked passes"),
  cap: nats.describe("nats by which hiding the own stream must cost more than hiding the other"),
  routing: z.enum(["ungated", "gated"]).describe("gated raises m^k' only by the claim's match"),
});

export const papoSchema = z.strictObject({
  weight: weight.describe("gamma on the perception bonus"),
  tokens: z.enum(["evidence", "all"]).describe("evidence tokens, or PAPO's all tokens"),
  estimator: z.enum(estimatorNames).describe("divergence estimator; PAPO's code uses k3"),
  cap: nats.describe("hard cap per token: 0.2 bounded, 10 as released"),
  maskedGradient: z.boolean().describe("let the masked pass learn too; released default false"),
  fullEntropy: weight.describe("eta_1 on mean(−l)"),
  maskedEntropy: weight.describe("eta_2 on mean(−m); a constant unless maskedGradient"),
});

export const counterfactualSchema = z.strictObject({
  sensitivity: weight.describe("weight: own stream swapped, the evidence must become less likely"),
  invariance: weight.describe("weight: other stream swapped, the evidence must stay as likely"),
  cap: nats.describe("nats per token above which sensitivity is satisfied"),
  routing: z.enum(["full", "masked", "both"]).describe("branch that learns"),
  fullEstimator: z
    .enum(["k1", "k2"])
    .describe("sensitivity's slope on the full pass: k2 the KL's, k1 the literal hinge"),
});

export const paperSchema = z.strictObject({
  weight: weight.describe("beta on the printed Omni-Perception Loss, which is maximised"),
  tokens: z
    .enum(["evidence", "all", "together"])
    .describe(
      "evidence: each stream hidden, at its evidence, as printed; all: at every token; together: every token, both streams hidden at once (PAPO)",
    ),
  estimator: z
    .enum(["whole", "k1", "k3"])
    .describe("whole: KL over the whole vocabulary, as printed; k1, k3: sampled tokens alone"),
  reduce: z
    .enum(["sum", "mean"])
    .describe("over a response's tokens of one modality: sum as printed, or mean"),
  maskedGradient: z
    .boolean()
    .describe("let masked passes learn, as printed; false: the full pass alone, as released"),
});

const evidenceChoice = z.enum(["own", "reference"]);

/** Terms that look at claims: those whose evidence can be chosen. A test holds it to the table. */
export const evidenceTerms = [
  "sensitivity",
  "onset",
  "invariance",
  "attribution",
  "papo",
  "counterfactual_sensitivity",
  "counterfactual_invariance",
  "paper",
] as const;

export const evidenceSchema = z.strictObject({
  selector: evidenceChoice.describe(
    "evidence of all terms: own, a claim's own words (head tokens); reference, whole clauses that a cue stands behind, as printed",
  ),
  terms: z
    .partialRecord(z.enum(evidenceTerms), evidenceChoice, {
      error: (issue: z.core.$ZodRawIssue) =>
        issue.code === "unrecognized_keys"
          ? `${issue.keys.map((key) => `'${key}'`).join(", ")}: no term that reads claims; those are: ${evidenceTerms.join(", ")}`
          : undefined,
    })
    .describe(
      "evidence of single terms, by name, where it differs from selector's: { paper: reference }",
    ),
});

export const controllerSchema = z.strictObject({
  enabled: z.boolean().describe("scale suppressive terms by the claim controller"),
  warmupSteps: z.int().min(0).describe("steps of the linear ramp"),
  warmupFormatRate: z.number().min(0).max(1).describe("format rate above which the ramp starts"),
  halveBelow: z.number().min(0).max(1).describe("share of baseline claims under which to halve"),
  stopBelow: z.number().min(0).max(1).describe("share of baseline claims under which to stop"),
  smoothing: z.number().min(0).max(1).describe("decay of the moving average of claims"),
  patience: z.int().min(1).describe("steps between two halvings"),
});

export const lossSchema = z.strictObject({
  surrogate: surrogateSchema,
  reference: referenceSchema,
  sensitivity: sensitivitySchema,
  onset: onsetSchema,
  invariance: invarianceSchema,
  attribution: attributionSchema,
  papo: papoSchema,
  counterfactual: counterfactualSchema,
  paper: paperSchema,
  evidence: evidenceSchema,
  controller: controllerSchema,
});

export const presetNames = [
  "none",
  "paper",
  "paper-baseline",
  "paper-papo",
  "paper-papo-dual",
  "paper-released",
  "bonus-evidence",
  "bonus-all",
  "robust",
  "attrib",
  "oppo-swap",
] as const;

/** What presets were called before; `paper_like` was nothing that the paper prints. */
const renamedPresets: Readonly<Record<string, PresetName>> = {
  paper_like: "bonus-evidence",
  papo_av: "bonus-all",
  counterfactual: "oppo-swap",
};

/** A preset's name; one of before is refused with the name of today. */
export const presetSchema = z.enum(presetNames, {
  error: ({ input }) => {
    const now = Object.hasOwn(renamedPresets, String(input)) && renamedPresets[String(input)];
    return now ? `the preset '${input}' is called '${now}' now` : undefined;
  },
});

/** What a config file says: a preset and the fields that differ from it. */
export const lossConfigSchema = z.strictObject({
  preset: presetSchema.default("none").describe("values of every field not given here"),
  surrogate: surrogateSchema.partial().optional(),
  reference: referenceSchema.partial().optional(),
  sensitivity: sensitivitySchema.partial().optional(),
  onset: onsetSchema.partial().optional(),
  invariance: invarianceSchema.partial().optional(),
  attribution: attributionSchema.partial().optional(),
  papo: papoSchema.partial().optional(),
  counterfactual: counterfactualSchema.partial().optional(),
  paper: paperSchema.partial().optional(),
  evidence: evidenceSchema.partial().optional(),
  controller: controllerSchema.partial().optional(),
});

export type SurrogateOptions = z.infer<typeof surrogateSchema>;
export type ReferenceOptions = z.infer<typeof referenceSchema>;
export type SensitivityOptions = z.infer<typeof sensitivitySchema>;
export type OnsetOptions = z.infer<typeof onsetSchema>;
export type InvarianceOptions = z.infer<typeof invarianceSchema>;
export type AttributionOptions = z.infer<typeof attributionSchema>;
export type PapoOptions = z.infer<typeof papoSchema>;
export type CounterfactualOptions = z.infer<typeof counterfactualSchema>;
export type PaperOptions = z.infer<typeof paperSchema>;
export type EvidenceOptions = z.infer<typeof evidenceSchema>;
export type ControllerOptions = z.infer<typeof controllerSchema>;
/** Every coefficient of the objective. */
export type LossOptions = z.infer<typeof lossSchema>;
export type LossConfig = z.input<typeof lossConfigSchema>;
export type PresetName = (typeof presetNames)[number];
