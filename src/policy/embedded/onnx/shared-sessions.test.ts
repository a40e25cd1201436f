import type { InferenceSession } from "onnxruntime-node";
import { expect, it } from "vitest";
import { holdSessions } from "./shared-sessions.ts";

it("holders of equal settings use the same sessions; the last to close releases them", async () => {
  const log: string[] = [];
  const open = async ([name]: Uint8Array): Promise<InferenceSession> => {
    log.push(`open ${name}`);
    return { release: async () => void log.push(`release ${name}`) } as InferenceSession;
  };
  const model = Uint8Array.of(1);
  const [a, b] = ["same", "same"].map((settings) => holdSessions(settings, open, 4));
  const other = holdSessions("other", open, 4);
  for (const holder of [a!, b!, other]) await holder.use(model, async () => {});
  expect(log).toEqual(["open 1", "open 1"]);
  await a!.close();
  await a!.close();
  await expect(a!.use(model, async () => {})).rejects.toThrow(/executor was closed/);
  await b!.use(model, async () => {});
  expect(log).toHaveLength(2);
  await b!.close();
  expect(log).toEqual(["open 1", "open 1", "release 1"]);
  await other.close();
  const again = holdSessions("same", open, 4);
  await again.use(model, async () => {});
  expect(log.at(-1)).toBe("open 1");
  await again.close();
});
