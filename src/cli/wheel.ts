import { readMapping } from "../bench/files/wheels.ts";
import { createGrouping } from "../bench/mer-unibench/index.ts";
import type { GroupOf } from "../rewards/accuracy.ts";
import type { RewardOptions } from "../rewards/options.ts";
import type { WheelOf } from "../rewards/paper.ts";

/**
 * Every wheel of that folder (five in the published one), level 1, for the printed accuracy; a word
 * that a wheel doesn't know has no group there. undefined for other rewards, and where no folder is
 * named: words then count as they stand.
 * @throws BenchError as `readMapping`
 */
export async function openWheels({
  form,
  accuracy,
}: RewardOptions): Promise<readonly WheelOf[] | undefined> {
  if (form !== "paper" || typeof accuracy.wheel !== "string") return undefined;
  const mapping = await readMapping(accuracy.wheel);
  return mapping.wheels.map((_, wheel) => {
    const grouping = createGrouping(mapping, { method: "M3", wheel, level: 1 });
    return (label: string) => grouping([label])[0];
  });
}

/**
 * Groups of the emotion wheel in the folder that `reward.accuracy.wheel` names: clusters of its
 * first wheel, level 1, after inflections and synonyms. A word that the wheel doesn't know stands
 * for itself. undefined where the options name no folder.
 * @throws BenchError as `readMapping`
 */
export async function openWheel({ accuracy }: RewardOptions): Promise<GroupOf | undefined> {
  if (typeof accuracy.wheel !== "string") return undefined;
  const mapping = await readMapping(accuracy.wheel);
  const grouping = createGrouping(mapping, { method: "M3", wheel: 0, level: 1 });
  return (label) => grouping([label])[0] ?? label;
}
