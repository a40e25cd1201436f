import { describe, expect, it } from "vitest";
import { decomposeReference } from "../cues/decompose.ts";
import { rewardOptions } from "../rewards/options.ts";
import { createScorer } from "../rewards/scorer.ts";
import type { Embedder } from "../similarity/port.ts";
import { ask, openFakeService, reference, response } from "./service.fake.ts";
import type { EvidenceResult, ReferenceEvidenceResult } from "./wire/evidence.ts";
import { type PaperRewardResult, paperRewardsAnswer } from "./wire/paper-rewards.ts";
import type { RewardResult } from "./wire/rewards.ts";
import type { Capabilities } from "./wire/status.ts";

/** Texts are alike by their first letter; a text that begins with "half" is half like "b". */
function letterEmbedder(): Embedder & { calls: number } {
  const counted = {
    id: "letters",
    calls: 0,
    embed: async (texts: readonly string[]) => {
      counted.calls++;
      return texts.map((text) => {
        const vector = new Float32Array(26);
        if (text.toLowerCase().startsWith("half")) {
          vector[1] = 0.6;
          vector[7] = 0.8;
        } else vector[text.toLowerCase().charCodeAt(0) - 97] = 1;
        return vector;
      });
    },
  };
  return counted;
}

const judge = { id: "judge-1", judge: async () => [] };
const cues = [
  { modality: "visual", text: "broad smile" },
  { modality: "visual", text: "quick nod" },
  { modality: "acoustic", text: "loud voice" },
  { modality: "emotion", text: "joyful mood" },
] as const;
const think = "Half open eyes. Low 😀 sun, zebra";
const printed = {
  id: "a",
  clip_id: "c",
  response: `<think>${think}</think><answer>joy</answer>`,
  cues: [...cues],
  labels: ["joy", "pride"],
};
const letters = (options: object = {}) =>
  openFakeService({ embedder: letterEmbedder(), reward: rewardOptions.parse(options) });

async function capabilitiesOf(service: ReturnType<typeof openFakeService>) {
  return (await (await service.app.request("/v1/capabilities")).json()) as Capabilities;
}

describe("POST /v1/rewards with form paper", () => {
  it("adds accuracy, format and α times the sum of means, and says by which settings", async () => {
    const { json } = await ask<PaperRewardResult>(
      "/v1/rewards",
      { items: [printed], form: "paper" },
      letters(),
    );
    expect(json).toMatchObject({
      form: "paper",
      paper: { alpha: 0.5, delta: 0.5, accuracy: 1, format: 1 },
    });
    const [result] = json.results;
    // Visual: (.6 − .5)/.5 = .2 and 0; acoustic 1; emotion 0. F1 of {joy} and {joy, pride}: 2/3.
    expect(result!.detail.means.visual).toBeCloseTo(0.1, 6);
    expect(result!.detail.means).toMatchObject({ acoustic: 1, emotion: 0 });
    expect(result!.terms).toMatchObject({ accuracy: 2 / 3, format: 1 });
    expect(result!.terms.omni).toBeCloseTo(1.1, 6);
    expect(result!.reward).toBeCloseTo(2 / 3 + 1 + 0.5 * 1.1, 6);
    expect(result!.detail.accuracy_by).toBe("words");
    expect(result!.detail.clauses).toMatchObject([
      { text: "Half open eyes", modality: "visual", cue: 0 },
      { text: "Low 😀 sun", modality: "acoustic", cue: 2, similarity: 1 },
      { text: "zebra", modality: null, cue: null, similarity: 0 },
    ]);
    expect(result!.detail.cues[2]).toMatchObject({ clause: 1, similarity: 1, score: 1 });
  });

  it("is the reward of the core, in settings of the server", async () => {
    const options = { paper: { alpha: 0.3, delta: 0.4, format: 0.5 } };
    const { json } = await ask<PaperRewardResult>(
      "/v1/rewards",
      { items: [{ id: "a", clip_id: "c", response, reference }], form: "paper" },
      letters(options),
    );
    const [scored] = await createScorer({
      embedder: letterEmbedder(),
      calibration: { low: 0.5, high: 0.85 },
      options: rewardOptions.parse({ ...options, form: "paper" }),
    }).score([{ response, reference: decomposeReference(reference), labels: ["joy"] }]);
    expect(json.results[0]!.reward).toBe(scored!.reward);
    expect(json.results[0]!.terms).toEqual(scored!.terms);
  });

  it("counts by emotion wheels where they are at hand, and says so", async () => {
    const wheel = (word: string) => (word === "joy" || word === "pride" ? "bright" : undefined);
    const service = openFakeService({ embedder: letterEmbedder(), wheels: [wheel] });
    const unknown = { ...printed, id: "b", labels: ["rage"] };
    const { json } = await ask<PaperRewardResult>(
      "/v1/rewards",
      { items: [printed, unknown], form: "paper" },
      service,
    );
    expect(json.results.map(({ terms }) => terms.accuracy)).toEqual([1, 0]);
    expect(json.results.map(({ detail }) => detail.accuracy_by)).toEqual(["wheels", "words"]);
    expect((await capabilitiesOf(service)).paper?.accuracy_by).toBe("wheels");
  });

  it("is what a server of that form answers where no form is named", async () => {
    const service = letters({ form: "paper" });
    const { json } = await ask<PaperRewardResult>("/v1/rewards", { items: [printed] }, service);
    expect(json).toMatchObject({ form: "paper", results: [{ terms: { format: 1 } }] });
    const ours = { items: [{ ...printed, labels: ["joy"] }], form: "oppo" };
    const asked = await ask<RewardResult>("/v1/rewards", ours, service);
    expect(asked.json).toMatchObject({
      form: "oppo",
      results: [{ terms: { accuracy: 1, perception: expect.any(Number) } }],
    });
    expect(asked.json.versions.reward).not.toBe(json.versions.reward);
    const plain = await ask<RewardResult>("/v1/rewards", ours, letters());
    expect(asked.json.versions.reward).toBe(plain.json.versions.reward);
  });

  it("can be checked by a client where rounding carries a cosine past 1", async () => {
    const embed = async (texts: readonly string[]) => texts.map(() => new Float32Array([1.000001]));
    const body = { items: [printed], form: "paper" };
    const service = openFakeService({ embedder: { id: "one", embed } });
    const { json } = await ask<PaperRewardResult>("/v1/rewards", body, service);
    expect(json.results[0]!.terms.omni).toBeGreaterThan(3);
    expect(paperRewardsAnswer.safeParse(json).success).toBe(true);
  });

  it("places clauses in code points", async () => {
    const body = { items: [printed], form: "paper", unit: "code_point" };
    const { json } = await ask<PaperRewardResult>("/v1/rewards", body, letters());
    const points = [...printed.response];
    for (const { text, start, end } of json.results[0]!.detail.clauses) {
      expect(points.slice(start, end).join("")).toBe(text);
    }
  });

  it.each([
    ["a form that is none", { form: "printed" }, "INVALID_REQUEST", "form"],
    ["a selector, which is of evidence", { selector: "own" }, "INVALID_REQUEST", "selector"],
    [
      "labels without a word",
      { form: "paper", items: [{ ...printed, labels: [","] }] },
      "LABEL_MISSING",
      "items[0].labels",
    ],
  ])("refuses %s, naming the field", async (_name, change, code, path) => {
    const body = { items: [printed], ...change };
    const { status, json } = await ask("/v1/rewards", body, letters());
    expect({ status, ...json.error }).toMatchObject({ status: 400, code, path });
  });

  it("is refused by a service with a judge, with what to do", async () => {
    const body = { items: [printed], form: "paper" };
    const { status, json } = await ask("/v1/rewards", body, openFakeService({ judge }));
    expect({ status, ...json.error }).toMatchObject({
      status: 400,
      code: "FORM_JUDGE",
      path: "form",
      message:
        "form 'paper' compares by cosine, and this service asks a judge (judge-1): use form 'oppo', or a service without a judge",
    });
    const reward = rewardOptions.parse({ form: "paper" });
    expect(() => openFakeService({ judge, reward })).toThrow(/a judge was given/);
  });
});

describe("POST /v1/evidence with selector reference", () => {
  const given = { id: "a", text: printed.response, cues: [...cues] };

  it.each(["utf16", "code_point"] as const)("gives whole clauses in %s", async (unit) => {
    const body = { items: [given], unit, selector: "reference" };
    const { json } = await ask<ReferenceEvidenceResult>("/v1/evidence", body, letters());
    expect(json).toMatchObject({ unit, selector: "reference", delta: 0.5 });
    const [{ claims, spans, clauses }] = json.results as [ReferenceEvidenceResult];
    expect(clauses).toBe(3);
    const units = unit === "utf16" ? given.text.split("") : [...given.text];
    const slice = ({ start, end }: { start: number; end: number }) =>
      units.slice(start, end).join("");
    expect(spans.map(slice)).toEqual(["Half open eyes", "Low 😀 sun"]);
    expect(spans).toMatchObject([
      { modality: "visual", claim: 0, cue: { index: 0, modality: "visual", text: "broad smile" } },
      { modality: "acoustic", claim: 1, cue: { index: 2, text: "loud voice" }, similarity: 1 },
    ]);
    expect(spans[0]!.similarity).toBeCloseTo(0.6, 6);
    expect(claims.map(slice)).toEqual(claims.map(({ text }) => text));
    expect(claims.map(({ match }) => match)).toEqual([expect.closeTo(0.2, 6), 1]);
    expect(claims).toMatchObject([{ onset: true, repeated: false }, { onset: true }]);
  });

  it("reads a text cut before its closing tag, and offsets stay those of the text", async () => {
    const cut = "<think>\n Half open eyes, low";
    const body = { items: [{ ...given, text: cut }], selector: "reference" };
    const { json } = await ask<ReferenceEvidenceResult>("/v1/evidence", body, letters());
    const spans = json.results[0]!.spans;
    expect(spans.map(({ start, end }) => cut.slice(start, end))).toEqual(["Half open eyes", "low"]);
  });

  it("has no evidence where no cue is near, and none for an emotion cue", async () => {
    const felt = { ...given, id: "b", cues: [{ modality: "emotion", text: "half happy" }] };
    const far = { ...given, id: "c", cues: [{ modality: "visual", text: "xenial look" }] };
    const body = { items: [felt, far], selector: "reference" };
    const { json } = await ask<ReferenceEvidenceResult>("/v1/evidence", body, letters());
    expect(json.results).toMatchObject([
      { clauses: 3, claims: [], spans: [] },
      { clauses: 3, claims: [], spans: [] },
    ]);
  });

  it("needs the reference or its cues, and says for which item", async () => {
    const body = { items: [given, { id: "b", text: "x" }], selector: "reference" };
    const { status, json } = await ask("/v1/evidence", body, letters());
    expect({ status, ...json.error }).toMatchObject({
      status: 400,
      code: "REFERENCE_MISSING",
      path: "items[1].reference",
      message: expect.stringContaining("they pick the clauses"),
    });
  });

  it("is refused by a service with a judge", async () => {
    const body = { items: [given], selector: "reference" };
    const { status, json } = await ask("/v1/evidence", body, openFakeService({ judge }));
    expect({ status, ...json.error }).toMatchObject({
      status: 400,
      code: "SELECTOR_JUDGE",
      path: "selector",
      message: expect.stringContaining("use selector 'own'"),
    });
  });
});

describe("forms and selectors", () => {
  it("stand in the capabilities, as far as they are spoken", async () => {
    expect(await capabilitiesOf(letters({ form: "paper", paper: { alpha: 0.2 } }))).toMatchObject({
      forms: ["oppo", "paper"],
      default_form: "paper",
      selectors: ["own", "reference"],
      default_selector: "own",
      paper: { alpha: 0.2, delta: 0.5, accuracy_by: "words" },
    });
    expect(await capabilitiesOf(openFakeService({ judge }))).toMatchObject({
      forms: ["oppo"],
      default_form: "oppo",
      selectors: ["own"],
      paper: null,
    });
  });

  it("do not share scores that are remembered", async () => {
    const embedder = letterEmbedder();
    const service = openFakeService({ embedder });
    const item = { id: "a", clip_id: "c", response, reference };
    const text = { id: "a", text: response, reference };
    const requests = [
      ["/v1/rewards", { items: [item], form: "oppo" }],
      ["/v1/rewards", { items: [item], form: "paper" }],
      ["/v1/evidence", { items: [text], selector: "own" }],
      ["/v1/evidence", { items: [text], selector: "reference" }],
    ] as const;
    const answers = async (open: () => typeof service) => {
      const all: unknown[] = [];
      for (const [path, body] of requests) all.push((await ask(path, body, open())).json);
      return all;
    };
    const apart = await answers(() => openFakeService({ embedder: letterEmbedder() }));
    expect(await answers(() => service)).toEqual(apart);
    const { calls } = embedder;
    expect(await answers(() => service)).toEqual(apart);
    expect(embedder.calls).toBe(calls);
  });

  it("change nothing of answers to requests that name none", async () => {
    const item = { id: "a", clip_id: "c", response, reference };
    const plain = await ask<RewardResult>("/v1/rewards", { items: [item] });
    expect(Object.keys(plain.json)).toEqual(["versions", "unit", "results"]);
    const named = await ask<RewardResult>("/v1/rewards", { items: [item], form: "oppo" });
    expect(named.json).toEqual({ ...plain.json, form: "oppo" });
    const text = { id: "a", text: response };
    const evidence = await ask<EvidenceResult>("/v1/evidence", { items: [text] });
    expect(Object.keys(evidence.json)).toEqual(["versions", "unit", "results"]);
    expect(Object.keys(evidence.json.results[0]!)).toEqual([
      "id",
      "length",
      "sha256",
      "claims",
      "spans",
    ]);
    const own = await ask<EvidenceResult>("/v1/evidence", { items: [text], selector: "own" });
    expect(own.json).toEqual({ ...evidence.json, selector: "own" });
  });

  it("are in the OpenAPI document", async () => {
    const api = await (await letters().app.request("/openapi.json")).json();
    const { schemas } = (api as { components: { schemas: Record<string, unknown> } }).components;
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining(["PaperRewardsAnswer", "ReferenceEvidenceAnswer", "EvidenceClause"]),
    );
    expect(JSON.stringify(schemas.RewardsRequest)).toContain('"enum":["oppo","paper"]');
    expect(JSON.stringify(schemas.EvidenceRequest)).toContain('"enum":["own","reference"]');
  });
});
