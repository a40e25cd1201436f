import { expect, it } from "vitest";
import { openServiceClient } from "../client/client.ts";
import { Rng } from "../core/rng.ts";
import { listen } from "./listen.ts";
import { serviceOptions } from "./options.ts";
import { ask, hashEmbedder, openFakeService, queued, reference } from "./service.fake.ts";
import type { RewardItem, RewardResult } from "./wire/rewards.ts";

const words = "smiling lips raised brows loud voice trembling open mouth fast pace wide eyes".split(
  " ",
);

/** A request of its own: 1 to 6 responses that nobody else sends, some of them malformed. */
function request(index: number): RewardItem[] {
  const rng = new Rng(`request ${index}`);
  return Array.from({ length: 1 + rng.int(6) }, (_, i) => {
    const say = () => Array.from({ length: 2 }, () => words[rng.int(words.length)]).join(" ");
    const reasoning = `In the video, ${say()}. In the audio, ${say()}. Take ${index}.`;
    const response = `<think>${reasoning}</think><answer>${rng.float() < 0.5 ? "joy" : "fear"}</answer>`;
    return {
      id: `item ${i}`,
      clip_id: `clip ${index}`,
      response: rng.float() < 0.1 ? reasoning : response,
      reference,
    };
  });
}

const local = serviceOptions.parse({ port: 0, drainSec: 5 });

it("holds 200 requests in flight and neither loses nor mixes one", async () => {
  const requests = Array.from({ length: 200 }, (_, i) => request(i));
  const items = requests.flat().length;
  // The embedder waits until the last request has come in.
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const inner = hashEmbedder();
  const embed = (texts: readonly string[]) => gate.then(() => inner.embed(texts));
  const service = openFakeService({ embedder: { id: inner.id, embed } });
  const { url, close } = await listen(service, local, undefined);
  const client = openServiceClient({ url, retries: 0 });
  const asked = Promise.all(requests.map((own) => client.rewards(own)));
  await queued(service, items);
  open();
  const answers = await asked;
  await close();

  const alone = openFakeService();
  for (const [i, own] of requests.entries()) {
    const { json } = await ask<RewardResult>("/v1/rewards", { items: own }, alone);
    expect(answers[i]).toEqual(json.results);
  }
  expect(inner.calls.length).toBeLessThan(20);
});
