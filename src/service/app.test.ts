import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SimilarityError } from "../core/errors.ts";
import { evidenceSpans } from "../cues/evidence.ts";
import { ask, hashEmbedder, openFakeService, reference, response } from "./service.fake.ts";
import type { DecomposeResult } from "./wire/decompose.ts";
import type { EvidenceResult } from "./wire/evidence.ts";
import type { RewardResult } from "./wire/rewards.ts";

const item = { id: "a", clip_id: "clip 1", response, reference };
const hash = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");

describe("POST /v1/rewards", () => {
  it("echoes the item, says who decided, and gives every term", async () => {
    const { status, json } = await ask<RewardResult>("/v1/rewards", { items: [item] });
    expect(status).toBe(200);
    expect(json.versions).toMatchObject({
      service: "oppo-service-1",
      extractor: "rules-1",
      decomposer: "rules-1",
      embedder: "hash-1",
    });
    const [result] = json.results;
    expect(result).toMatchObject({ id: "a", clip_id: "clip 1", sha256: hash(response) });
    expect(result!.terms).toMatchObject({ accuracy: 1, format: 1 });
    // raised brows of two visual cues, the voice, the feeling: R = (1 + .1 + .7·R_OPR)/1.8
    expect(result!.detail.visual).toMatchObject({ cues: 2, recall: 0.5, precision: 1 });
    expect(result!.detail.acoustic).toMatchObject({ cues: 1, recall: 1 });
    const mean = (0.5 + 1 + 0.5 * 1) / 2.5;
    const perception = 0.7 * mean + 0.3 * 0.5;
    expect(result!.reward).toBeCloseTo((1 + 0.1 + 0.7 * perception) / 1.8, 6);
  });

  it("takes cues and labels in place of a reference, with the same reward", async () => {
    const cues = [
      { modality: "visual", text: "smiling lips" },
      { modality: "visual", text: "raised brows" },
      { modality: "acoustic", text: "loud voice" },
      { modality: "emotion", text: "joy" },
    ];
    const given = { id: "b", clip_id: "c", response, cues, labels: ["joy"] };
    const { json } = await ask<RewardResult>("/v1/rewards", { items: [item, given] });
    const [a, b] = json.results;
    expect(b!.reward).toBe(a!.reward);
  });

  it("gives order and ids back however many items repeat", async () => {
    const items = Array.from({ length: 50 }, (_, i) => ({
      ...item,
      id: `i${i}`,
      response: i % 3 === 0 ? response : `no tags ${i % 3}`,
    }));
    const { json } = await ask<RewardResult>("/v1/rewards", { items });
    const results = json.results;
    expect(results.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
    expect(results.map(({ sha256 }) => sha256)).toEqual(items.map((x) => hash(x.response)));
    expect(results.filter(({ reward }) => reward > 0)).toHaveLength(17);
  });

  it.each([
    ["no label", { ...item, reference: "In the video, a smile." }, "LABEL_MISSING", "labels"],
    ["labels in closed mode", { ...item, labels: ["joy", "pride"] }, "LABEL_MANY", "labels"],
    [
      "neither reference nor cues",
      { ...item, reference: undefined },
      "INVALID_REQUEST",
      "reference",
    ],
    ["a misspelt field", { ...item, lables: "joy" }, "INVALID_REQUEST", "lables"],
    ["half a surrogate pair", { ...item, response: "a \ud83d" }, "TEXT_SURROGATE", "response"],
  ])("refuses %s, naming the field", async (_name, wrong, code, field) => {
    const items = [item, { ...wrong, id: "second" }];
    const { status, json } = await ask<RewardResult>("/v1/rewards", { items });
    expect({ status, ...json.error }).toMatchObject({
      status: 400,
      code,
      path: `items[1].${field}`,
    });
  });

  it("answers 503 when the embedder does not, and scores when it is back", async () => {
    let down = true;
    const inner = hashEmbedder();
    const service = openFakeService({
      embedder: {
        id: "hash-1",
        embed: (texts) =>
          down
            ? Promise.reject(new SimilarityError("EMBEDDINGS_UNREACHABLE", "no connection"))
            : inner.embed(texts),
      },
    });
    const failed = await ask<RewardResult>("/v1/rewards", { items: [item] }, service);
    expect(failed.status).toBe(503);
    expect(failed.json.error).toMatchObject({ code: "EMBEDDINGS_UNREACHABLE" });
    expect(failed.headers.get("Retry-After")).toBe("5");
    down = false;
    expect((await ask<RewardResult>("/v1/rewards", { items: [item] }, service)).status).toBe(200);
  });

  it("hides the text of an unexpected error and logs it", async () => {
    const lines: string[] = [];
    const embedder = { id: "x", embed: () => Promise.reject(new Error("secret path")) };
    const service = openFakeService({ embedder, log: (line) => lines.push(line) });
    const { status, json } = await ask<RewardResult>("/v1/rewards", { items: [item] }, service);
    expect(status).toBe(500);
    expect(JSON.stringify(json)).not.toContain("secret");
    expect(lines.join()).toContain("secret path");
  });
});

describe("POST /v1/evidence", () => {
  const text =
    "<think>In the video, 😀 raised brows 笑. In the audio, a loud voice. Again raised brows.</think><answer>joy</answer>";

  it.each(["utf16", "code_point"] as const)("places claims and words in %s", async (unit) => {
    const { json } = await ask<EvidenceResult>("/v1/evidence", {
      unit,
      items: [{ id: "a", text }],
    });
    const result = json.results[0]!;
    const units = unit === "utf16" ? text.split("") : [...text];
    const slice = (span: { start: number; end: number }) =>
      units.slice(span.start, span.end).join("");
    expect(result.length).toBe(units.length);
    expect(result.claims.map(slice)).toEqual(result.claims.map((claim) => claim.text));
    expect(result.spans.map(slice)).toEqual(expect.arrayContaining(["brows", "loud", "voice"]));
    for (const span of result.spans) {
      const claim = result.claims[span.claim]!;
      expect(span.start).toBeGreaterThanOrEqual(claim.start);
      expect(span.end).toBeLessThanOrEqual(claim.end);
    }
    const repeated = result.claims.findIndex((claim) => claim.repeated);
    expect(repeated).toBeGreaterThan(-1);
    expect(result.spans.some(({ claim }) => claim === repeated)).toBe(false);
    expect(result.claims.filter(({ onset }) => onset)).toHaveLength(2);
  });

  it("lists the evidence that the core finds", async () => {
    const { json } = await ask<EvidenceResult>("/v1/evidence", { items: [{ id: "a", text }] });
    const [result] = json.results as never as [{ claims: { start: number; end: number }[] }];
    const core = evidenceSpans(text).filter(({ modality }) => modality !== "emotion");
    expect(result.claims.map(({ start, end }) => [start, end])).toEqual(
      core.map(({ start, end }) => [start, end]),
    );
  });

  it("says how well each claim is matched where a reference comes along", async () => {
    const wrong = text.replace("a loud voice", "a trembling voice");
    const { json } = await ask<EvidenceResult>("/v1/evidence", {
      items: [
        { id: "a", text: wrong, reference },
        { id: "cut", text: "<think>In the video, raised brows and", reference },
        { id: "none", text },
      ],
    });
    const matches = json.results.map(({ claims }) => claims.map(({ match }) => match));
    expect(matches).toEqual([[1, 0, expect.closeTo(0.9, 1)], [1], [null, null, null]]);
  });

  it("neither trims nor normalises", async () => {
    const odd = "  In the video, a smile.\r\n\u0065\u0301 ";
    const { json } = await ask<EvidenceResult>("/v1/evidence", { items: [{ id: "a", text: odd }] });
    expect(json.results[0]).toMatchObject({
      length: odd.length,
      sha256: hash(odd),
    });
  });

  it("takes an empty text, which claims nothing", async () => {
    const { json } = await ask<EvidenceResult>("/v1/evidence", { items: [{ id: "a", text: "" }] });
    expect(json.results[0]).toMatchObject({ claims: [], spans: [] });
  });
});

describe("POST /v1/decompose", () => {
  it("gives cues with places, feelings and the answer", async () => {
    const { json } = await ask<DecomposeResult>("/v1/decompose", {
      items: [{ id: "a", reference }],
    });
    const [result] = json.results;
    expect(result).toMatchObject({ emotions: ["joy"], answer: "joy", sha256: hash(reference) });
    expect(result!.cues.map((cue) => reference.slice(cue.start, cue.end))).toContain(
      "raised brows",
    );
  });
});
