import { ConfigError } from "../core/errors.ts";
import type { LossOptions } from "../loss/options.ts";
import { resolveLossOptions } from "../loss/presets.ts";
import { activeTerms, blindOnlyTerms } from "../loss/terms.ts";
import { isPartial, maskKind } from "../prompt/masks.ts";
import { paperTerms } from "../rewards/paper-terms.ts";
import type { RewardTerm } from "../rewards/term.ts";
import { rewardTerms } from "../rewards/terms.ts";
import type { SwiftOptions } from "./options.ts";

/**
 * What the ms-swift plugin reads (`oppo.json`). Every field is there: a default of either side
 * can't differ from the other's. Surrogate and reference KL are ms-swift's own and stand in the
 * scripts.
 * @throws ConfigError naming settings that exclude each other; LossError.
 */
export function pluginSettings(options: SwiftOptions): object {
  const resolved = resolveLossOptions(options.loss);
  checkTogether(options, resolved);
  const { surrogate: _surrogate, reference: _reference, ...loss } = resolved;
  const { client, guards, masks, reward, service, training } = options;
  return {
    format: "oppo-ms-swift-2",
    service: {
      url: serviceUrl(options),
      api_key_env: service.apiKeyEnv,
      timeout_s: client.timeoutSec,
      retries: client.retries,
      max_batch: client.maxBatch,
    },
    reward: {
      weight: training.rewardWeight,
      form: reward.form,
      paper: {
        alpha: reward.paper.alpha,
        delta: reward.paper.delta,
        accuracy: reward.weights.accuracy,
        format: reward.paper.format,
      },
    },
    loss,
    masks,
    guards: {
      canary_steps: guards.canarySteps,
      max_empty_rate: guards.maxEmptyRate,
      constant_reward_groups: guards.constantRewardGroups,
      zero_grad_steps: guards.zeroGradSteps,
      max_rollout_logp_gap: guards.maxRolloutLogpGap,
    },
    temperature: training.temperature,
  };
}

/** Where trainers reach the service; one that listens everywhere is reached on this machine. */
export function serviceUrl({ client, service }: SwiftOptions): string {
  const host = ["0.0.0.0", "::"].includes(service.host) ? "127.0.0.1" : service.host;
  return client.url ?? `http://${host.includes(":") ? `[${host}]` : host}:${service.port}`;
}

function checkTogether(
  { client, masks, reward, service, training }: SwiftOptions,
  loss: LossOptions,
): void {
  const refuse = (path: string, message: string, hint: string): never => {
    throw new ConfigError("CONFIG_CONFLICT", `${path}: ${message}`, { path, hint });
  };
  if (client.maxBatch > service.limits.items) {
    refuse("client.maxBatch", "is above service.limits.items", "the service would refuse with 413");
  }
  if (client.url === undefined && service.port === 0) {
    refuse("service.port", "0 is a port nobody knows", "give a port, or client.url");
  }
  const comparing = activeTerms(loss).find(({ needs }) => needs === "both");
  if (comparing && masks.schedule === "alternate") {
    refuse("masks.schedule", `${comparing.name} compares both masked passes`, "use both");
  }
  const kinds = [masks.visual, masks.acoustic];
  const showing = kinds.every((id) => isPartial(maskKind(id), { ratio: masks }));
  const [idle] = showing ? blindOnlyTerms(loss) : [];
  if (idle) {
    const which = [...new Set(kinds)].join(" and ");
    refuse(`loss.${idle.option}`, `${idle.name} never acts under ${which} masks`, "set it to 0");
  }
  const learners = training.gpus * training.perDeviceBatch * training.gradientAccumulation;
  if (training.gpus % training.nodes !== 0) {
    refuse("training.gpus", `are not shared equally by ${training.nodes} machines`, "set both");
  }
  const { weight } = loss.reference;
  if (weight > 0 && weight !== training.referenceKl) {
    refuse(
      "training.referenceKl",
      `is ${training.referenceKl}, and loss.reference.weight ${weight}: the KL is ms-swift's own`,
      "set it to the same; --preset does for the runs of the paper",
    );
  }
  const { kind } = loss.surrogate;
  if (["gspo", "cispo", "sapo"].includes(kind)) {
    refuse(
      "loss.surrogate.kind",
      `is ${kind}, which the exported run would not train with: the policy gradient is ms-swift's own`,
      "leave it out; training.lossType chooses among ms-swift's",
    );
  }
  if (reward.advantages.normalise === "leave-one-out") {
    refuse(
      "reward.advantages.normalise",
      "leave-one-out is the built-in trainer's, and the export has no flag for it",
      "use none, which is the same up to the factor G/(G − 1)",
    );
  }
  if (reward.advantages.normalise === "gdpo") {
    refuse(
      "reward.advantages.normalise",
      "gdpo needs each term as a reward function of its own, and the plugin has one",
      "use z-score, which is ms-swift's own, or none",
    );
  }
  if (learners % training.numGenerations !== 0) {
    refuse(
      "training.numGenerations",
      `does not divide the ${learners} responses of a step`,
      "gpus × perDeviceBatch × gradientAccumulation must be a multiple of it",
    );
  }
  const terms: readonly RewardTerm[] = reward.form === "paper" ? paperTerms : rewardTerms;
  if (terms.every((term) => term.weight(reward) === 0)) {
    refuse("reward.weights", "are all 0: every reward would be", "give one of them a weight");
  }
}
