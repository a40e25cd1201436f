import { describe, expect, it } from "vitest";
import {
  ask,
  hashEmbedder,
  openFakeService,
  postJson,
  reference,
  response,
} from "./service.fake.ts";

const item = { id: "a", clip_id: "clip 1", response, reference };

describe("limits", () => {
  it("refuses duplicate ids", async () => {
    const { status, json } = await ask("/v1/rewards", { items: [item, item] });
    expect({ status, ...json.error }).toMatchObject({
      status: 400,
      code: "DUPLICATE_ID",
      path: "items[1].id",
    });
  });

  it("refuses bodies, batches and texts beyond the limit", async () => {
    const limits = { bodyBytes: 3000, items: 3, textUnits: 500 };
    const service = openFakeService({}, { limits });
    const many = [1, 2, 3, 4].map((id) => ({ id: String(id), text: "x" }));
    const long = [
      { id: "a", text: "x" },
      { id: "b", text: "x".repeat(501) },
    ];
    const big = [{ id: "a", text: "x".repeat(4000) }];
    const codes = [];
    for (const items of [many, long, big]) {
      const { status, json } = await ask("/v1/evidence", { items }, service);
      codes.push([status, json.error.code, json.error.path]);
    }
    expect(codes).toEqual([
      [413, "ITEMS_TOO_MANY", "items"],
      [413, "TEXT_TOO_LONG", "items[1].text"],
      [413, "BODY_TOO_LARGE", undefined],
    ]);
  });

  it("counts cues and labels, and looks into them", async () => {
    const service = openFakeService({}, { limits: { cues: 2, textUnits: 200 } });
    const cue = (text: string) => ({ modality: "visual", text });
    const given = { id: "a", clip_id: "clip 1", response, labels: "joy" };
    const faults = [
      { ...given, cues: ["a smile", "a frown", "wet eyes"].map(cue) },
      { ...given, cues: [cue("a smile"), cue("x".repeat(201))] },
      { ...given, cues: [cue("a smile")], labels: ["a", "b", "c"] },
    ];
    const found = [];
    for (const fault of faults) {
      const { status, json } = await ask("/v1/rewards", { items: [fault] }, service);
      found.push([status, json.error.code, json.error.path]);
    }
    expect(found).toEqual([
      [413, "CUES_TOO_MANY", "items[0].cues"],
      [413, "TEXT_TOO_LONG", "items[0].cues[1].text"],
      [413, "LABELS_TOO_MANY", "items[0].labels"],
    ]);
    const sound = { ...given, cues: ["a smile", "a frown"].map(cue) };
    expect((await ask("/v1/rewards", { items: [sound] }, service)).status).toBe(200);
  });

  it("refuses a body that is not sent as JSON", async () => {
    const { app } = openFakeService();
    const posted = (type: string) =>
      app.request("/v1/evidence", {
        ...postJson({ items: [{ id: "a", text: "x" }] }),
        headers: { "Content-Type": type },
      });
    const refused = await posted("text/plain");
    expect([refused.status, await refused.json()]).toMatchObject([
      415,
      { error: { code: "CONTENT_TYPE" } },
    ]);
    expect((await posted("application/json; charset=utf-8")).status).toBe(200);
  });

  it("stops reading a body of unknown length at the limit", async () => {
    const service = openFakeService({}, { limits: { bodyBytes: 1000 } });
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 100;
        controller.enqueue(new Uint8Array(100).fill(32));
      },
    });
    const answer = await service.app.request("/v1/evidence", {
      method: "POST",
      body: endless,
      headers: { "Content-Type": "application/json" },
      duplex: "half",
    } as RequestInit);
    expect(answer.status).toBe(413);
    expect(sent).toBeLessThan(3000);
  });

  it("refuses when the queue is full, and says when to come back", async () => {
    const service = openFakeService({ embedder: hashEmbedder(30) }, { limits: { queuedItems: 2 } });
    const send = (id: string) =>
      ask("/v1/rewards", { items: [{ ...item, id, response: `${response} ${id}` }] }, service);
    const answers = await Promise.all(["a", "b", "c", "d"].map(send));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 429, 429]);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThanOrEqual(1);
    expect(refused.json.error).toMatchObject({ code: "QUEUE_FULL" });
  });

  it("refuses bodies for which there is no room, whatever length they announce", async () => {
    const limits = { bodyBytes: 1000, queuedBytes: 1400 };
    const service = openFakeService({ embedder: hashEmbedder(30) }, { limits });
    const send = async (id: string, headers: Record<string, string> = {}) => {
      const body = { items: [{ ...item, id, response: `${response} ${id}` }] };
      const answer = await service.app.request("/v1/rewards", postJson(body, headers));
      return answer.status;
    };
    const length = JSON.stringify({ items: [{ ...item, response: `${response} a` }] }).length;
    const all = await Promise.all(["a", "b", "c", "d", "e", "f"].map((id) => send(id)));
    expect(all.filter((status) => status === 200)).toHaveLength(Math.floor(1400 / length));
    expect(all.filter((status) => status === 429).length).toBeGreaterThan(0);
    const announced = { "Content-Length": "1000" };
    expect(await Promise.all(["g", "h"].map((id) => send(id, announced)))).toEqual([200, 200]);
    expect(await send("i")).toBe(200);
  });

  it("answers what is no JSON, and unknown paths, in the same shape", async () => {
    const { app } = openFakeService();
    const broken = await app.request("/v1/rewards", {
      ...postJson({}),
      body: '{"items',
    });
    expect([broken.status, await broken.json()]).toMatchObject([
      400,
      { error: { code: "BAD_REQUEST" } },
    ]);
    const lost = await app.request("/v1/nothing");
    expect([lost.status, await lost.json()]).toMatchObject([404, { error: { code: "NOT_FOUND" } }]);
  });
});

describe("keys", () => {
  it("lets nobody in without the key, save to health", async () => {
    const { app } = openFakeService({ apiKey: "secret" });
    const get = (path: string, headers = {}) => app.request(path, { headers });
    expect((await get("/v1/capabilities")).status).toBe(401);
    expect((await get("/metrics")).status).toBe(401);
    expect((await get("/v1/capabilities", { Authorization: "Bearer wrong" })).status).toBe(401);
    expect((await get("/v1/capabilities", { Authorization: "Bearer secret" })).status).toBe(200);
    expect((await get("/v1/health")).status).toBe(200);
    const refused = await app.request("/v1/rewards", postJson({ items: [item] }));
    expect(refused.headers.get("WWW-Authenticate")).toBe("Bearer");
  });
});

describe("descriptions", () => {
  it("says what it is, counts what it did, and documents its routes", async () => {
    const service = openFakeService();
    await ask("/v1/rewards", { items: [item, { ...item, id: "b" }] }, service);
    await ask("/v1/rewards", { items: [item] }, service);
    const capabilities = (await (await service.app.request("/v1/capabilities")).json()) as {
      paths: object;
    };
    expect(capabilities).toMatchObject({ units: ["utf16", "code_point"], judge: null });
    const metrics = await (await service.app.request("/metrics")).text();
    expect(metrics).toContain('oppo_items_total{route="rewards"} 3');
    expect(metrics).toContain('oppo_reward_cache_total{outcome="hit"} 2');
    const openapi = (await (await service.app.request("/openapi.json")).json()) as {
      paths: object;
    };
    expect(Object.keys(openapi.paths)).toEqual(
      expect.arrayContaining(["/v1/rewards", "/v1/evidence", "/v1/decompose", "/v1/health"]),
    );
  });
});
