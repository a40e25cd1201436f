import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EndpointError } from "../../core/errors.ts";
import { type AskOptions, askAll } from "./ask.ts";
import { openAnswers } from "./journal.ts";
import type { Question, Responder } from "./port.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-ask-"));
  file = join(folder, "answers.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const questions = (count: number, maxTokens = 100): Question[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `q${i}`,
    media: {},
    prompt: `What is ${i}?`,
    maxTokens,
  }));

/** Answers by `text`; an error code makes the question fail. */
function responder(text: (question: Question) => string | { fails: string }) {
  const asked: string[] = [];
  const made: Responder = {
    id: "test",
    async respond(question) {
      asked.push(question.id);
      const said = text(question);
      if (typeof said !== "string") throw new EndpointError(said.fails, "no answer");
      return { text: said, finish: "stop", attempts: 2 };
    },
  };
  return { asked, made };
}

const ask = (list: Question[], { made }: { made: Responder }, options: Partial<AskOptions> = {}) =>
  askAll(list, made, openAnswers(file), { concurrency: 3, ...options });

describe("askAll", () => {
  it("asks each question once over all runs, and returns answers in the questions' order", async () => {
    const first = responder(({ id }) => `answer ${id}`);
    await ask(questions(4), first);
    const second = responder(({ id }) => `answer ${id}`);
    const { answers } = await ask(questions(6), second);
    expect(second.asked).toEqual(["q4", "q5"]);
    expect([...answers.keys()]).toEqual(questions(6).map(({ id }) => id));
    expect(answers.get("q1")).toEqual({ text: "answer q1", finish: "stop" });
  });

  it("asks again what is asked differently now", async () => {
    await ask(
      questions(3),
      responder(({ id }) => id),
    );
    const changed = questions(3).map((one, i) => (i === 1 ? { ...one, prompt: "And now?" } : one));
    const again = responder(() => "new");
    const { answers } = await ask(changed, again);
    expect(again.asked).toEqual(["q1"]);
    expect(answers.get("q1")!.text).toBe("new");
  });

  it("knows a clip by what is in it, wherever it lies", async () => {
    const place = (name: string, bytes: string) => {
      const clip = join(folder, name);
      writeFileSync(clip, bytes);
      return [{ ...questions(1)[0]!, media: { video: clip } }];
    };
    const silent = responder(() => "once");
    await ask(place("a.mp4", "film 1"), silent);
    const moved = responder(() => "twice");
    expect((await ask(place("b.mp4", "film 1"), moved)).answers.get("q0")!.text).toBe("once");
    // Of the same length as the other one, and not it.
    expect((await ask(place("b.mp4", "film 2"), moved)).answers.get("q0")!.text).toBe("twice");
  });

  it("records failures, goes on, and asks them again only when told to", async () => {
    const flaky = responder(({ id }) => (id === "q1" ? { fails: "ENDPOINT_TIMEOUT" } : id));
    const { answers, failures } = await ask(questions(4), flaky);
    expect([...answers.keys()]).toEqual(["q0", "q2", "q3"]);
    expect(failures.get("q1")!.code).toBe("ENDPOINT_TIMEOUT");
    const well = responder(({ id }) => id);
    expect((await ask(questions(4), well)).failures.size).toBe(1);
    expect(well.asked).toEqual([]);
    expect((await ask(questions(4), well, { retryFailed: true })).failures.size).toBe(0);
    expect(well.asked).toEqual(["q1"]);
  });

  it("survives a line that a kill has cut", async () => {
    await ask(
      questions(2),
      responder(({ id }) => id),
    );
    appendFileSync(file, '{"id":"q2","key":"');
    const rest = responder(({ id }) => id);
    await ask(questions(4), rest);
    expect(rest.asked).toEqual(["q2", "q3"]);
    const rows = readFileSync(file, "utf8").trim().split("\n");
    expect(rows.map((row) => JSON.parse(row).id)).toEqual(["q0", "q1", "q2", "q3"]);
  });

  it("stops at a server that can never answer, and lets bugs through", async () => {
    const locked = responder(() => ({ fails: "ENDPOINT_AUTH" }));
    await expect(ask(questions(50), locked)).rejects.toMatchObject({ code: "ENDPOINT_AUTH" });
    expect(locked.asked.length).toBeLessThan(10);
    const broken = responder(() => {
      throw new TypeError("a bug");
    });
    await expect(ask(questions(5), broken)).rejects.toThrow("a bug");
  });
});

describe("guards", () => {
  const cases: [string, (question: Question) => string | { fails: string }][] = [
    ["ANSWERS_EMPTY", () => " \n"],
    ["ANSWERS_IDENTICAL", () => "I cannot watch videos."],
    ["ANSWERS_FAIL", () => ({ fails: "ENDPOINT_UNREACHABLE" })],
  ];
  it.each(cases)("%s stops a run that measures nothing", async (code, say) => {
    const run = ask(questions(60), responder(say), { guardAfter: 10 });
    await expect(run).rejects.toMatchObject({ code });
    const again = ask(questions(60), responder(say), { guardAfter: 10, retryFailed: true });
    await expect(again).rejects.toMatchObject({ code });
    const all = await ask(questions(60), responder(say), { guardAfter: 0, retryFailed: true });
    expect(all.answers.size + all.failures.size).toBe(60);
  });

  it("ANSWERS_EMPTY names the field that holds the text, where there is one", async () => {
    const made: Responder = {
      id: "thinker",
      respond: async () => ({ text: "", unread: "reasoning", finish: "length", attempts: 1 }),
    };
    const run = ask(questions(20), { made }, { guardAfter: 10 });
    await expect(run).rejects.toThrow(
      /empty.*as reasoning, which is not scored.*--reasoning scored/,
    );
  });

  it("lets short answers be alike", async () => {
    const { answers } = await ask(
      questions(30, 8),
      responder(() => "yes"),
      { guardAfter: 10 },
    );
    expect(answers.size).toBe(30);
  });

  it("lets failures pass that are not all", async () => {
    const list = questions(40);
    const some = responder(({ id }) => (Number(id.slice(1)) % 3 > 0 ? { fails: "X" } : id));
    expect((await ask(list, some, { guardAfter: 10 })).failures.size).toBe(26);
  });
});
