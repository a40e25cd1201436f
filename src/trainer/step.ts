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
 * - on the weights that sampled, every ratio is 1: the sampler's log-probs stand for the full pass
 *   and save its forward; `backward` returns the trainer's, and the guard compares the two;
 * - the surrogate is DAPO's by default (mean over all tokens, clip-higher, dual clip), the
 *   deviation that divides an advantage has a floor, and the KL to the reference is weighted by
 *   the ratio, so that its gradient is the KL's off-policy as well.
 */
import { RunError } from "../core/errors.ts";
import { claimTokens } from "../cues/evidence.ts";
import { clauseTokens } from "../cues/punctuated.ts";
import { advanceController, type ControllerState, suppression } from "../loss/controller.ts";
import { type ObjectiveContext, omniPerceptionObjective } from "../loss/objective.ts";
import type { LossOptions } from "../loss/options.ts";
import { maskedReads, readsClauses, spreadReads } from "../loss/reads.ts";
import type { LossResult, LossSample } from "../loss/sample.ts";
import type { AdamOptions, Datum, Policy, StepReport } from "../policy/port.ts";
import { batchAdvantages } from "../rewards/advantages.ts";
import { checkFinite, guardStep } from "./guards.ts";
import { canary, hidePrompts, maskPlan, streamsToHide } from "./hide.ts";
import { emptyShare, groupMetrics, meanGap, outcomeLevels } from "./metrics.ts";
import {
  collectGroups,
  fullDatum,
  type Group,
  type HiddenStream,
  type Rollout,
  type TrainingRollout,
} from "./rollout.ts";
import type { RlRun, TrainerState } from "./run.ts";
import { addWholeRows, type WholePass, wholeGradientOf, wholePasses } from "./whole.ts";

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
 * With `fresh` the weights are those that sampled. All passes of a kind go to the policy at once,
 * so that it may batch them.
 */
export async function update(
  policy: Policy,
  rollouts: readonly TrainingRollout[],
  loss: LossOptions,
  context: ObjectiveContext,
  adam: AdamOptions,
  fresh: boolean,
): Promise<UpdateReport> {
  const data = rollouts.map(fullDatum);
  const passes = hiddenPasses(rollouts);
  const asked = [...(fresh ? [] : data), ...passes.map(({ datum }) => datum)];
  const answered = asked.length > 0 ? await policy.logprobs(asked) : [];
  const sampled = rollouts.map(({ completion }) => completion.logprobs);
  const full = fresh ? sampled : answered.slice(0, data.length);
  const samples = rollouts.map((rollout, index) => sampleOf(rollout, full[index]!));
  addHidden(samples, passes, answered.slice(asked.length - passes.length));
  const datumOf = (at: number, pass: WholePass["pass"]) =>
    pass === "full"
      ? data[at]
      : passes.find((each) => each.at === at && each.stream === pass)?.datum;
  const wholes = wholePasses(samples, datumOf, loss, context.terms);
  await addWholeRows(policy, samples, wholes);

  const result = omniPerceptionObjective(samples, loss, context);
  const positions = (at: number, pass: WholePass["pass"]) => samples[at]!.whole?.[pass]?.positions;
  const learning: Learning[] = [
    ...data.map((datum, at) =>
      withRows({ datum, gradient: result.gradient.full[at]! }, result, "full", at, positions),
    ),
    ...passes.flatMap((pass) => hiddenGradient(pass, result, positions)),
  ];
  const rows = learning.map(({ whole }) => whole);
  const differentiated = await policy.backward(
    learning.map(({ datum }) => datum),
    learning.map(({ gradient }) => gradient),
    ...(rows.some((row) => row) ? [rows] : []),
  );
  const report = await policy.step(adam);
  const again = differentiated.slice(0, data.length);
  return { result, report, samplerGap: fresh ? meanGap(again, sampled) : undefined };
}

/** One rollout read with one stream hidden, or both. */
interface HiddenPass {
  /** Place of the rollout in the update. */
  at: number;
  stream: HiddenStream;
  partial: boolean;
  datum: Datum;
}

/** Stream by stream, in the order of the rollouts. */
function hiddenPasses(rollouts: readonly TrainingRollout[]): HiddenPass[] {
  return (["video", "audio", "both"] as const).flatMap((stream) =>
    rollouts.flatMap(({ hidden, completion: { tokens } }, at) => {
      const copy = hidden[stream];
      if (!copy) return [];
      const { prompt, partial, read } = copy;
      return [{ at, stream, partial, datum: { prompt, tokens, ...(read ? { read } : {}) } }];
    }),
  );
}

function sampleOf(rollout: TrainingRollout, full: Float32Array): LossSample {
  const { advantage, completion, reference, claims, clauses } = rollout;
  const sampled = completion.logprobs;
  return {
    advantage,
    full,
    sampled,
    ...(reference ? { reference } : {}),
    claims,
    ...(clauses ? { clauses } : {}),
  };
}

/** Puts the log-probs of each hidden pass on its rollout's sample. */
function addHidden(
  samples: readonly LossSample[],
  passes: readonly HiddenPass[],
  logprobs: readonly Float32Array[],
): void {
  passes.forEach(({ at, stream, partial, datum: { tokens, read } }, index) => {
    const sample = samples[at]!;
    const values = logprobs[index]!;
    sample[stream] = read ? spreadReads(values, read, tokens.length) : values;
    if (partial && stream !== "both") sample.partial = [...(sample.partial ?? []), stream];
  });
}

/**
 * A pass to differentiate: dL/dlogp at its tokens, and on rows of the vocabulary where there are.
 */
interface Learning {
  datum: Datum;
  gradient: ArrayLike<number>;
  whole?: Float32Array | undefined;
}

type Positions = (at: number, pass: WholePass["pass"]) => readonly number[] | undefined;

function withRows(
  learning: Learning,
  result: LossResult,
  pass: WholePass["pass"],
  at: number,
  positions: Positions,
): Learning {
  const whole = wholeGradientOf(result, pass, at);
  const read = positions(at, pass);
  return whole && read
    ? { ...learning, datum: { ...learning.datum, whole: read }, whole }
    : learning;
}

/** The tokens of a hidden pass at which the gradient is not zero, and what it is there. */
function hiddenGradient(
  { at, stream, datum }: HiddenPass,
  result: LossResult,
  positions: Positions,
): Learning[] {
  const row = result.gradient[stream]?.[at];
  const read = row ? [...row.keys()].filter((token) => row[token] !== 0) : [];
  const sampled = { datum: { ...datum, read }, gradient: read.map((token) => row![token]!) };
  const learning = withRows(sampled, result, stream, at, positions);
  return read.length > 0 || learning.whole ? [learning] : [];
}
