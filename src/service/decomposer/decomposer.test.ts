import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modelJudge } from "../judge/model-judge.ts";
import { ask, openFakeService, reference, response, scriptedChat } from "../service.fake.ts";
import type { DecomposeResult } from "../wire/decompose.ts";
import { modelDecomposer } from "./model.ts";
import type { Decomposer } from "./port.ts";
import { rulesDecomposer } from "./rules.ts";
import { storedDecomposer } from "./stored.ts";

const limits = { tries: 3, maxTokens: 100 };
const cue = { modality: "visual", text: "raised brows", quote: "Raised   brows" };
const answer = (...cues: object[]) => JSON.stringify({ cues });

describe("a model that decomposes", () => {
  it("gives cues with the places they quote, whatever case and white space", async () => {
    const model = scriptedChat(() => answer(cue, { ...cue, text: "Raised brows" }));
    const { cues, extractor } = await modelDecomposer(model, limits).decompose(reference);
    expect(cues).toHaveLength(1);
    expect(reference.slice(cues[0]!.span.start, cues[0]!.span.end)).toBe("raised brows");
    expect(extractor).toMatch(/^scripted\+cues-[0-9a-f]{8}$/);
    expect(model.requests[0]).toMatchObject({ temperature: 0, schema: { name: "decomposition" } });
  });

  it("keeps polarity and takes a fenced answer", async () => {
    const denied = { modality: "acoustic", text: "no loud voice", quote: "loud voice" };
    const model = scriptedChat(() => `\`\`\`json\n${answer(denied)}\n\`\`\``);
    const { cues } = await modelDecomposer(model, limits).decompose(reference);
    expect(cues).toMatchObject([{ modality: "acoustic", positive: false }]);
  });

  it.each([
    ["no JSON", "Here are the cues:", /not JSON/],
    ["another shape", '{"cues":[{"modality":"smell","text":"x","quote":"x"}]}', /modality/],
    ["an invented cue", answer({ ...cue, quote: "tears" }), /"tears" does not stand/],
    ["a whole sentence", answer({ ...cue, text: "a b c d e f g h i" }), /9 words/],
  ])("is told about %s and asked again, with a bound", async (_name, bad, complaint) => {
    const model = scriptedChat((_request, call) => (call < 2 ? bad : answer(cue)));
    const { cues } = await modelDecomposer(model, limits).decompose(reference);
    expect(cues).toHaveLength(1);
    expect(model.requests).toHaveLength(3);
    expect(String(model.requests[2]!.messages.at(-1)!.content)).toMatch(complaint);
    const never = scriptedChat(() => bad);
    await expect(modelDecomposer(never, limits).decompose(reference)).rejects.toMatchObject({
      code: "MODEL_ANSWER",
    });
    expect(never.requests).toHaveLength(3);
  });

  it("fails the request with 502 and the item's path, never with a reward of 0", async () => {
    const bad = "a reference that the model fails at <answer>joy</answer>";
    const model = scriptedChat(({ messages }) =>
      messages[1]!.content === bad ? "no" : answer(cue),
    );
    const service = openFakeService({ decomposer: modelDecomposer(model, limits) });
    const items = [reference, bad].map((text, i) => ({
      id: String(i),
      clip_id: "c",
      response,
      reference: text,
    }));
    const { status, json } = await ask("/v1/rewards", { items }, service);
    expect({ status, ...json.error }).toMatchObject({
      status: 502,
      code: "MODEL_ANSWER",
      path: "items[1].reference",
    });
    // What worked is kept: the item that failed is all that is asked for again.
    const before = model.requests.length;
    await ask("/v1/rewards", { items }, service);
    expect(model.requests.slice(before).every(({ messages }) => messages[1]!.content === bad)).toBe(
      true,
    );
  });
});

describe("a model that judges", () => {
  const item = { id: "a", clip_id: "c", response, reference };

  it("decides what is recovered, and stands in every answer", async () => {
    const chat = scriptedChat(() => '{"pairs":[{"cue":0,"claim":0,"degree":0.5}]}');
    const service = openFakeService({ judge: modelJudge(chat, limits) });
    const { json } = await ask<{ detail: { visual: { recall: number } } }>(
      "/v1/rewards",
      { items: [item] },
      service,
    );
    expect(json.versions.judge).toMatch(/^scripted\+judge-/);
    expect(json.results[0]!.detail.visual.recall).toBe(0.25);
    expect(chat.requests).toHaveLength(1);
    expect(JSON.parse(String(chat.requests[0]!.messages[1]!.content))).toMatchObject([
      {
        modality: "visual",
        cues: { 0: "smiling lips", 1: "raised brows" },
        claims: { 0: "raised brows" },
      },
      { modality: "acoustic", cues: { 2: "loud voice" } },
      { modality: "emotion", cues: { 3: "joy" } },
    ]);
  });

  it.each([
    ["that are not there", { cue: 9, claim: 0, degree: 1 }],
    ["of two modalities", { cue: 0, claim: 1, degree: 1 }],
  ])("is asked again about pairs %s, and fails the request in the end", async (_name, pair) => {
    const chat = scriptedChat(() => JSON.stringify({ pairs: [pair] }));
    const service = openFakeService({ judge: modelJudge(chat, limits) });
    const { status, json } = await ask("/v1/rewards", { items: [item] }, service);
    expect([status, json.error.code]).toEqual([502, "MODEL_ANSWER"]);
    expect(chat.requests).toHaveLength(limits.tries);
  });

  it("fails with the path of the item that it fails at, and keeps what it judged", async () => {
    const bad = response.replace("a loud voice", "a hoarse voice");
    const chat = scriptedChat(({ messages }) =>
      String(messages[1]!.content).includes("hoarse") ? "no" : '{"pairs":[]}',
    );
    const service = openFakeService({ judge: modelJudge(chat, limits) });
    const items = [item, { ...item, id: "b", response: bad }];
    const { status, json } = await ask("/v1/rewards", { items }, service);
    expect({ status, ...json.error }).toMatchObject({
      status: 502,
      code: "MODEL_ANSWER",
      path: "items[1].response",
    });
    expect(chat.requests).toHaveLength(1 + limits.tries);
    expect((await ask("/v1/rewards", { items: [item] }, service)).status).toBe(200);
    expect(chat.requests).toHaveLength(1 + limits.tries);
    const evidence = [{ id: "e", text: bad, reference }];
    const refused = await ask("/v1/evidence", { items: evidence }, service);
    expect([refused.status, refused.json.error.path]).toEqual([502, "items[0].text"]);
  });
});

describe("stored decompositions", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "oppo-stored-"));
    file = join(folder, "decompositions.jsonl");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function counting(id = "rules-1"): Decomposer & { calls: number } {
    const counted = {
      id,
      calls: 0,
      async decompose(text: string) {
        counted.calls++;
        return rulesDecomposer.decompose(text);
      },
    };
    return counted;
  }

  it("asks once for each reference, at the same time too, and never again after a restart", async () => {
    const inner = counting();
    const first = storedDecomposer(inner, file);
    const sets = await Promise.all([1, 2, 3].map(() => first.decompose(reference)));
    expect(inner.calls).toBe(1);
    const again = counting();
    expect(await storedDecomposer(again, file).decompose(reference)).toEqual(sets[0]);
    expect(again.calls).toBe(0);
  });

  it("does not take cues of another decomposer", async () => {
    await storedDecomposer(counting("a"), file).decompose(reference);
    const other = counting("b");
    await storedDecomposer(other, file).decompose(reference);
    expect(other.calls).toBe(1);
  });

  it("survives a row cut by a kill, and refuses a row that is none", async () => {
    await storedDecomposer(counting(), file).decompose(reference);
    appendFileSync(file, '{"decomposer":"rules-1","sha');
    const inner = counting();
    const stored = storedDecomposer(inner, file);
    await stored.decompose(reference);
    await stored.decompose(`${reference} more`);
    expect(inner.calls).toBe(1);
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(2);
    writeFileSync(file, '{"decomposer":"rules-1"}\n');
    expect(() => storedDecomposer(counting(), file)).toThrow(/:1: row is not a stored/);
  });

  it("decomposes again what was changed in the file, and says so", async () => {
    const first = storedDecomposer(counting(), file);
    await first.decompose("another one");
    await first.decompose(reference);
    const [other, row] = readFileSync(file, "utf8").split("\n") as [string, string];
    for (const changed of [
      row.replace("raised brows", "raised crows"),
      row.replace(/"cues":\[.*\],"extractor"/, '"cues":[],"extractor"'),
      row.replace('"sum"', '"sun"'),
      row.replace(/,"sum".*/, "}"),
      row.replace("a", "\ufffd"),
    ]) {
      expect(changed).not.toBe(row);
      writeFileSync(file, `${other}\n${changed}\n`);
      const said: string[] = [];
      const inner = counting();
      const stored = storedDecomposer(inner, file, (line) => said.push(line));
      expect(await stored.decompose(reference)).toEqual(await rulesDecomposer.decompose(reference));
      expect(inner.calls).toBe(1);
      expect(said).toEqual([expect.stringContaining("(line 2)")]);
    }
  });

  it("remembers no failure", async () => {
    let down = true;
    const inner: Decomposer = {
      id: "x",
      decompose: (text) =>
        down ? Promise.reject(new Error("down")) : rulesDecomposer.decompose(text),
    };
    const stored = storedDecomposer(inner, file);
    await expect(stored.decompose(reference)).rejects.toThrow("down");
    down = false;
    expect((await stored.decompose(reference)).cues).not.toHaveLength(0);
  });

  it("gives no answer that it can't keep, says why, and gives it once there is room", async () => {
    const inner = counting();
    const stored = storedDecomposer(inner, join(folder, "full"));
    mkdirSync(join(folder, "full"));
    await expect(stored.decompose(reference)).rejects.toMatchObject({
      code: "STATE_WRITE",
      status: 503,
      message: expect.stringContaining("it is a folder"),
    });
    rmSync(join(folder, "full"), { recursive: true });
    expect((await stored.decompose(reference)).cues).not.toHaveLength(0);
    expect(inner.calls).toBe(2);
  });

  it("tries its folder before the service starts", () => {
    writeFileSync(join(folder, "file"), "");
    for (const stateFolder of ["/sys/x", "/proc/nope/state", join(folder, "file", "st")]) {
      expect(() => openFakeService({}, { stateFolder })).toThrow(
        expect.objectContaining({
          code: "STATE_FOLDER",
          message: expect.stringContaining(stateFolder),
        }),
      );
    }
  });

  it("is what the service keeps in its state folder", async () => {
    const items = [{ id: "a", reference }];
    const opened = openFakeService({}, { stateFolder: folder });
    const { json } = await ask<DecomposeResult>("/v1/decompose", { items }, opened);
    const again = counting();
    const restarted = openFakeService({ decomposer: again }, { stateFolder: folder });
    const after = await ask<DecomposeResult>("/v1/decompose", { items }, restarted);
    expect(after.json.results).toEqual(json.results);
    expect(again.calls).toBe(0);
  });
});
