/**
 * One RL step of OPPO, from top to bottom: sample → score → resample constant groups → advantages →
 * hide → read log-probs → loss → backward → step → guard. What differs from textbook GRPO
 * (2402.03300):
 *
 * - the policy knows no loss: the loss maps log-probs to a gradient on each log-prob, in closed
 *   form, and `backward` takes that gradient;
 * - besides the full pass, rollouts are read with video or audio hidden, at the tokens that the
 *   loss asks for; plain GRPO (`preset: none`) hides nothing;
 * - where the loss asks for it (`preset: paper`), passes are read over the whole vocabulary at some
 *   tokens as well (`whole.ts`), and `backward` takes a gradient on those rows;
 * - the loss knows which tokens make a claim, of which modality, and how well it matches a cue;
 * - on the weights that sampled, every ratio is 1: the sampler's log-probs (and rows of the
 *   vocabulary, where the loss looks at some) stand for the full pass and save its forward;
 *   `backward` returns the trainer's, and the guard compares the two;
 * - by default (the paper's presets go back to GRPO in all three) the surrogate is DAPO's (mean
 *   over all tokens, clip-higher, dual clip), the deviation that divides an advantage has a floor,
 *   and the KL to the reference is weighted by the ratio, so that its gradient is the KL's
 *   off-policy as well.
 */
import { RunError } from "../core/errors.ts";
import { claimTokens } from "../cues/evidence.ts";
import { clauseTokens } from "../cues/punctuated.ts";
import { advanceController, type ControllerState, suppression } from "../loss/controller.ts";
import { type ObjectiveContext, omniPerceptionObjective } from "../loss/objective.ts";
import type { LossOptions } from "../loss/options.ts";
import { maskedReads, readsClauses, spreadReads } from "../loss/reads.ts";
import { type LossPass, type LossResult, type LossSample, lossPasses } from "../loss/sample.ts";
import { activeTerms } from "../loss/terms.ts";
import type { AdamOptions, Datum, Distributions, Policy, StepReport } from "../policy/port.ts";
import { batchAdvantages } from "../rewards/advantages.ts";
import { checkFinite, guardStep } from "./guards.ts";
import { canary, hidePrompts, maskPlan, streamsToHide } from "./hide.ts";
import { emptyShare, groupMetrics, meanGap, outcomeLevels } from "./metrics.ts";
import {
  collectGroups,
  fullDatum,
  type Group,
  type Rollout,
  type TrainingRollout,
} from "./rollout.ts";
import type { RlRun, TrainerState } from "./run.ts";
import { readAll, rowsAt, rowsOfSampling, wholeGradientOf, wholeTokens } from "./whole.ts";

/** What one step taught: numbers to record, and the state to go on with. */
export interface Lesson {
  metrics: Record<string, number>;
  state: TrainerState;
}

/**
 * @param step counts from 0; messages and rows count from 1.
 * @param seen is called with the step's groups before anything can stop the run because of them.
 * @throws GuardError when the run has stopped learning.
 */
export async function rlStep(
  run: RlRun,
  state: TrainerState,
  step: number,
  seen: (groups: readonly Group[]) => void,
): Promise<Lesson> {
  const { policy, options } = run;
  const groups = await collectGroups(run, step);
  seen(groups);
  if (step === 0) await canary(run, groups);
  const metrics = groupMetrics(groups);
  if (step === 0) noteWeakStart(run, metrics);
  const controller = controlled(run, metrics, state.controller);
  const strength = suppression(controller, run.loss.controller);
  const context: ObjectiveContext = {
    suppression: strength,
    ...(run.terms?.loss ? { terms: run.terms.loss } : {}),
  };
  const rollouts = await prepare(run, groups, step);

  const measured: Record<string, number> = { suppression: strength };
  for (let round = 0; round < options.updatesPerBatch; round++) {
    const fresh = round === 0;
    const { result, report, samplerGap } = await update(
      policy,
      rollouts,
      run.loss,
      context,
      options,
      fresh,
    );
    const numbers = { loss: result.loss, gradientNorm: report.gradientNorm };
    checkFinite({ step: step + 1, ...numbers });
    Object.assign(measured, result.metrics, numbers);
    if (samplerGap !== undefined) measured.samplerGap = samplerGap;
  }
  const facts = {
    step: step + 1,
    informativeGroups: metrics.informativeGroups ?? 0,
    emptyShare: emptyShare(groups.flat()),
    gradientNorm: measured.gradientNorm ?? 0,
    loss: measured.loss ?? 0,
    samplerGap: measured.samplerGap,
    levels: outcomeLevels(groups),
  };
  const guards = guardStep(state.guards, facts, options.guards);
  // The rollouts' own counts win over the loss monitors of the same name, which see evidence only.
  return { metrics: { ...measured, ...metrics }, state: { guards, controller } };
}

/** Reinforcement learning sharpens what a policy does now and then; it teaches no format. */
function noteWeakStart(run: RlRun, { reward = 0, format = 1 }: Record<string, number>): void {
  if (format >= 0.5 && reward >= 0.1) return;
  run.notice(
    `${run.name}: the cold start earns a mean reward of ${reward.toFixed(2)}, and ` +
      `${Math.round(100 * format)} % of its answers keep the format: too little to learn from; ` +
      "train it longer (sft.epochs) or on more clips (sft.share)",
  );
}

/** The claim controller's next state: claims that vanish weaken the suppressive terms. */
function controlled(
  run: RlRun,
  metrics: Record<string, number>,
  state: ControllerState,
): ControllerState {
  const options = run.loss.controller;
  if (!options.enabled) return state;
  const reading = { claimsPerResponse: metrics.claims ?? 0, formatRate: metrics.format ?? 0 };
  const { state: next, alerts } = advanceController(state, reading, options);
  for (const alert of alerts) run.notice(`${run.name}: ${alert.message}`);
  return next;
}

/**
 * Advantages → claims on tokens → hidden prompts → the reference's log-probs. The only place where
 * groups become one flat list; from here on a rollout carries all that belongs to it.
 */
export async function prepare(
  run: RlRun,
  groups: readonly Group[],
  step: number,
): Promise<TrainingRollout[]> {
  const scored = groups.map((group) => group.map((rollout) => rollout.scored));
  const advantages = batchAdvantages(scored, run.reward, run.terms?.reward);
  const plan = maskPlan(run, step);
  const rollouts = groups.flatMap((group, at) => {
    const hidden = hidePrompts(group[0]!.example, streamsToHide(run, step, at), plan);
    return group.map((rollout, sample): TrainingRollout => {
      const claims = claimTokens(rollout.scored.claims, rollout.offsets);
      const advantage = advantages[at]![sample]!;
      const clauses = clausesOf(rollout, run);
      return {
        ...rollout,
        advantage,
        claims,
        ...(clauses ? { clauses } : {}),
        ...sentencesOf(rollout, run),
        group: at,
        hidden: readAt(hidden, run, claims, clauses),
      };
    });
  });
  if (!run.reference) return rollouts;
  const reference = await run.reference.logprobs(rollouts.map(fullDatum));
  return rollouts.map((rollout, index) => ({ ...rollout, reference: reference[index]! }));
}

/**
 * Evidence by the reference on the rollout's tokens; undefined where the scorer read no clauses.
 * @throws RunError CLAUSES_UNREAD when the loss wants them all the same.
 */
function clausesOf(
  { scored: { paper }, offsets }: Rollout,
  { loss, terms }: Pick<RlRun, "loss" | "terms">,
): TrainingRollout["clauses"] {
  if (!paper) {
    if (!readsClauses(loss, terms?.loss)) return undefined;
    throw new RunError("CLAUSES_UNREAD", "the scorer read no clauses, which the loss acts on", {
      path: "loss.evidence",
      hint: "make the scorer with clauses: true, or with reward.form paper",
    });
  }
  const evidence = paper.clauses.flatMap(({ modality, span, match }) =>
    modality ? [{ modality, span, match }] : [],
  );
  return clauseTokens(evidence, offsets);
}

/** Claims with all their tokens, where a term tells true ones from false. */
function sentencesOf(
  { scored, offsets }: Rollout,
  { loss, terms }: Pick<RlRun, "loss" | "terms">,
): Pick<TrainingRollout, "sentences"> {
  if (!activeTerms(loss, terms?.loss).some(({ readsSentences }) => readsSentences)) return {};
  const claims = scored.claims.flatMap(({ modality, span, match }) =>
    modality === "visual" || modality === "acoustic" ? [{ modality, span, match }] : [],
  );
  return { sentences: clauseTokens(claims, offsets) };
}

/** The same hidden prompts, read where the loss looks at this rollout's tokens. */
export function readAt(
  hidden: TrainingRollout["hidden"],
  { loss, terms }: Pick<RlRun, "loss" | "terms">,
  claims: TrainingRollout["claims"],
  clauses?: TrainingRollout["clauses"],
): TrainingRollout["hidden"] {
  const read = maskedReads(loss, claims, terms?.loss, clauses);
  // Terms that compare with both streams hidden look at every token.
  const entries = Object.entries(hidden).map(([stream, copy]) =>
    stream === "both" ? [stream, copy] : [stream, { ...copy, read }],
  );
  return Object.fromEntries(entries);
}

export interface UpdateReport {
  result: LossResult;
  report: StepReport;
  /** Mean |Δ log-prob| between sampler and trainer; only where both had the same weights. */
  samplerGap: number | undefined;
}

/**
 * One optimiser step: log-probs of every pass → loss and its gradient on each log-prob → backward.
 * With `fresh` the weights are those that sampled. All that is read goes to the policy at once, log-
 * probs and rows of the whole vocabulary together, so that it may batch them.
 */
export async function update(
  policy: Policy,
  rollouts: readonly TrainingRollout[],
  loss: LossOptions,
  context: ObjectiveContext,
  adam: AdamOptions,
  fresh: boolean,
): Promise<UpdateReport> {
  const passes = allPasses(rollouts, loss, context.terms);
  const samples = rollouts.map(sampleOf);
  const asked = fresh ? passes.flatMap((pass) => unsaid(pass, rollouts, samples)) : passes;
  const answers = await readAll(
    policy,
    asked.map(({ datum }) => datum),
  );
  asked.forEach((pass, index) => {
    addReading(samples[pass.at]!, pass, answers[index]!);
  });

  const result = omniPerceptionObjective(samples, loss, context);
  const learning = passes.flatMap((pass) => learningOf(pass, result));
  const rows = learning.map(({ whole }) => whole);
  const differentiated = await policy.backward(
    learning.map(({ datum }) => datum),
    learning.map(({ gradient }) => gradient),
    ...(rows.some((row) => row) ? [rows] : []),
  );
  const report = await policy.step(adam);
  const sampled = rollouts.map(({ completion }) => completion.logprobs);
  const again = differentiated.slice(0, rollouts.length);
  return { result, report, samplerGap: fresh ? meanGap(again, sampled) : undefined };
}

/** One rollout in full, or with a stream hidden, or both. */
interface Pass {
  name: LossPass;
  /** Place of the rollout in the update. */
  at: number;
  /** What hides a stream still shows something. */
  partial: boolean;
  datum: Datum;
}

/** The full pass of every rollout, then stream by stream the hidden ones; in their order. */
function allPasses(
  rollouts: readonly TrainingRollout[],
  loss: LossOptions,
  terms: ObjectiveContext["terms"],
): Pass[] {
  const wholes = rollouts.map((rollout) => wholeTokens(rollout, loss, terms));
  return lossPasses.flatMap((name) =>
    rollouts.flatMap((rollout, at): Pass[] => {
      const whole = wholes[at]![name];
      const wanted = whole ? { whole } : {};
      if (name === "full") {
        return [{ name, at, partial: false, datum: { ...fullDatum(rollout), ...wanted } }];
      }
      const copy = rollout.hidden[name];
      if (!copy) return [];
      const { prompt, partial, read } = copy;
      const { tokens } = rollout.completion;
      return [
        { name, at, partial, datum: { prompt, tokens, ...(read ? { read } : {}), ...wanted } },
      ];
    }),
  );
}

/**
 * What sampling has not said of a pass on the weights that sampled: all of a hidden one; of the
 * full one rows, where it kept no chances to take them from.
 */
function unsaid(
  pass: Pass,
  rollouts: readonly TrainingRollout[],
  samples: readonly LossSample[],
): Pass[] {
  const { name, at, datum } = pass;
  if (name !== "full") return [pass];
  if (!datum.whole) return [];
  const full = rowsOfSampling(datum.whole, rollouts[at]!.completion);
  if (!full) return [{ ...pass, datum: { ...datum, read: [] } }];
  samples[at]!.whole = { full };
  return [];
}

/** A rollout before anything is read: the full pass is what sampling said. */
function sampleOf({
  advantage,
  completion,
  reference,
  claims,
  clauses,
  group,
  sentences,
}: TrainingRollout): LossSample {
  const sampled = completion.logprobs;
  return {
    advantage,
    full: sampled,
    sampled,
    ...(reference ? { reference } : {}),
    claims,
    ...(clauses ? { clauses } : {}),
    ...(group === undefined ? {} : { group }),
    ...(sentences ? { sentences } : {}),
  };
}

/** Puts what was read of a pass on its rollout's sample. */
function addReading(sample: LossSample, { name, partial, datum }: Pass, read: Distributions): void {
  const { tokens, read: positions, whole } = datum;
  const rows = rowsAt(whole, read);
  if (rows) sample.whole = { ...sample.whole, [name]: rows };
  // rows alone: log-probs were there before
  if (name === "full" && positions) return;
  sample[name] = positions ? spreadReads(read.logprobs, positions, tokens.length) : read.logprobs;
  if (partial && (name === "video" || name === "audio")) {
    sample.partial = [...(sample.partial ?? []), name];
  }
}

/**
 * A pass to differentiate: dL/dlogp at its tokens, and on rows of the vocabulary where there are.
 */
interface Learning {
  datum: Datum;
  gradient: ArrayLike<number>;
  whole: Float32Array | undefined;
}

/** A full pass as a whole; a hidden one at the tokens where its gradient is not zero, if any. */
function learningOf({ name, at, datum }: Pass, result: LossResult): Learning[] {
  const whole = wholeGradientOf(result, name, at);
  const row = result.gradient[name]?.[at];
  if (name === "full") return [{ datum, gradient: row!, whole }];
  const read = row ? [...row.keys()].filter((token) => row[token] !== 0) : [];
  if (read.length === 0 && !whole) return [];
  return [{ datum: { ...datum, read }, gradient: read.map((token) => row![token]!), whole }];
}
