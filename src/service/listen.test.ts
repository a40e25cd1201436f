import { describe, expect, it } from "vitest";
import { listen } from "./listen.ts";
import { serviceOptions } from "./options.ts";
import {
  hashEmbedder,
  openFakeService,
  postJson,
  queued,
  reference,
  response,
} from "./service.fake.ts";

const local = serviceOptions.parse({ port: 0, drainSec: 5 });
const body = (id: string) => ({
  items: [{ id, clip_id: "c", response: `${response} ${id}`, reference }],
});

describe("listening", () => {
  it("refuses to be reached by others without a key", async () => {
    const refused = listen(openFakeService(), { ...local, host: "0.0.0.0" }, undefined);
    await expect(refused).rejects.toMatchObject({
      code: "NO_API_KEY",
      message: expect.stringContaining("OPPO_API_KEY"),
    });
    const open = await listen(openFakeService(), { ...local, host: "0.0.0.0" }, "key");
    await open.close();
  });

  it("says which port is taken", async () => {
    const first = await listen(openFakeService(), local, undefined);
    const second = listen(openFakeService(), { ...local, port: first.port }, undefined);
    await expect(second).rejects.toThrow(new RegExp(`127.0.0.1:${first.port}.*another process`));
    await first.close();
  });

  it("answers what is in flight when it stops, and nothing after", async () => {
    const service = openFakeService({ embedder: hashEmbedder(200) });
    const { url, close } = await listen(service, local, undefined);
    const inFlight = ["a", "b", "c"].map((id) => fetch(`${url}/v1/rewards`, postJson(body(id))));
    await queued(service, inFlight.length);
    const closed = close();
    const late = await fetch(`${url}/v1/rewards`, postJson(body("late"))).then(
      ({ status }) => status,
      () => "no connection",
    );
    const answers = await Promise.all(inFlight);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect([503, "no connection"]).toContain(late);
    expect(await closed).toBe(true);
    await expect(fetch(`${url}/v1/health`)).rejects.toThrow();
  });

  it("says so when time is up before all is answered", async () => {
    const service = openFakeService({ embedder: hashEmbedder(500) });
    const { url, close } = await listen(service, { ...local, drainSec: 0.05 }, undefined);
    const lost = fetch(`${url}/v1/rewards`, postJson(body("a"))).catch(() => "lost");
    await queued(service, 1);
    expect(await close()).toBe(false);
    expect(await lost).toBe("lost");
  });
});
