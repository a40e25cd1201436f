import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ReportData } from "./data.ts";
import { renderReport, writeReport } from "./report.ts";
import { sampleClip, sampleDifference, sampleReport } from "./sample.fake.ts";

const folder = mkdtempSync(join(tmpdir(), "oppo-report-"));
const clip = join(folder, "clip.mp4");
let data: ReportData;
let page: string;

beforeAll(() => {
  writeFileSync(clip, Uint8Array.from([0, 1, 2, 3]));
  data = sampleReport(clip);
  page = renderReport(data);
});

/** Text that a reader sees: no tags, styles, scripts or entities. */
const visible = (markup: string): string =>
  markup
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ");

const voidTags = new Set(["meta", "line", "circle", "path"]);

/** Names of tags that are closed wrongly or never. */
function unbalanced(markup: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  const body = markup.replace(/<(style|script)>[\s\S]*?<\/\1>/g, "");
  for (const [tag, slash, name] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s[^<>]*)?>/g)) {
    if (slash === "/") {
      if (open.pop() !== name) wrong.push(name!);
    } else if (!voidTags.has(name!) && !tag.endsWith("/>")) open.push(name!);
  }
  return [...wrong, ...open];
}

describe("the page", () => {
  it("is one file that needs nothing from outside", () => {
    expect(page).not.toMatch(/https?:/);
    expect(page).not.toMatch(/<link|@import|<img|src="(?!data:)/);
    expect(page).toContain('src="data:video/mp4;base64,AAECAw=="');
  });

  it("is well-formed", () => {
    expect(page.startsWith("<!doctype html>")).toBe(true);
    expect(unbalanced(page)).toEqual([]);
    expect(page.match(/undefined|NaN|\[object/g)).toBeNull();
  });

  it("shows every number with its interval, and what it rests on", () => {
    const text = visible(page);
    for (const shown of ["31.3 28 – 36", "62.7 59 – 67", "f00d".repeat(16), "mep-synthetic-2"]) {
      expect(text).toContain(shown);
    }
    expect(text).toContain("GRPO, blind 1.5");
    for (const head of ["each", "unreadable"]) {
      expect(page).toMatch(new RegExp(`<th title="[^"]+">${head} <span`));
    }
    expect(sampleDifference.difference).toBeCloseTo(31.4);
    expect(text).toContain("OPPO − GRPO");
    expect(text).toContain("+31.4");
    for (const shown of [
      "Does it work?",
      "17",
      "2 min 23 s",
      "One guard fired.",
      '"name": "demo"',
    ]) {
      expect(text).toContain(shown);
    }
  });

  it("colours a difference by what is better, not by its sign", () => {
    const judged = (label: string) =>
      new RegExp(`<td>${label}</td>.*?class="value (up|down)?"`).exec(page)?.[1];
    expect(judged("F1")).toBe("up");
    expect(judged("cross-modal hallucination")).toBe("down");
    expect(judged("claims / response")).toBeUndefined();
  });

  it("says so where there is no number", () => {
    const silent = structuredClone(data.systems[0]!);
    const none = { value: null, low: null, high: null, n: 0 };
    for (const id of Object.keys(silent.result!.estimates)) silent.result!.estimates[id] = none;
    const text = visible(renderReport({ ...data, systems: [silent] }));
    expect(text).toContain("no claims");
    expect(renderReport({ ...data, systems: [silent] })).not.toMatch(/NaN|Infinity/);
  });

  it("warns when systems were run on different items", () => {
    const other = structuredClone(data.systems[1]!);
    other.result!.itemsHash = "beef";
    const { comparisons: _, ...rest } = data;
    expect(visible(renderReport({ ...rest, systems: [data.systems[0]!, other] }))).toContain(
      "their rows don't compare",
    );
  });

  it("escapes every text it is given", () => {
    const evil = `<script>alert("1")</script>'&`;
    const [first] = data.systems;
    const result = structuredClone(first!.result!);
    result.clips[0]!.responses[0]!.text = `<think>${evil}</think>`;
    result.clips[0]!.responses[0]!.claims = [];
    delete result.clips[0]!.tokens;
    const bad = renderReport({
      ...data,
      title: evil,
      question: evil,
      finding: evil,
      systems: [{ ...first!, name: evil, description: evil, result }],
      clips: [{ ...data.clips[0]!, caption: evil }],
      config: { evil },
      notes: [evil],
    });
    expect(bad.match(/<script>/g)).toHaveLength(1);
    expect(bad).not.toContain('alert("1")');
    expect(unbalanced(bad)).toEqual([]);
  });
});

describe("a ceiling", () => {
  const withCeiling = (): ReportData => {
    const top = sampleReport(clip).systems[1]!;
    top.result = { ...top.result!, name: "ceiling" };
    return { ...data, systems: [...data.systems, { ...top, name: "ceiling", ceiling: true }] };
  };

  it("stands apart in the table, and what is between has its share of the gap", () => {
    const shown = renderReport(withCeiling());
    expect(shown).toMatch(/<tr class="s2 ceiling"><td class="name">ceiling/);
    expect(shown.match(/tr class="s\d ceiling"/g)).toHaveLength(1);
    expect(visible(shown)).toMatch(/Gap closed .* from GRPO \(0\) to ceiling \(100\)/);
    expect(visible(shown)).toMatch(/OPPO 100 100 100 100 100/);
    expect(unbalanced(shown)).toEqual([]);
  });

  it("is needed for a share of the gap", () => {
    expect(visible(page)).not.toContain("Gap closed");
  });
});

describe("curves", () => {
  it("draws systems that learn by reward together, and keeps further keys", () => {
    expect(page.match(/aria-label="Reward"/g)).toHaveLength(1);
    expect(page).toContain("Further curves (1)");
    expect(page).toContain('aria-label="sensitivity/active"');
    const lines = JSON.parse(
      /aria-label="Reward" data-lines="([^"]*)"/.exec(page)![1]!.replaceAll("&quot;", '"'),
    );
    expect(lines.lines.map(({ name }: { name: string }) => name)).toEqual(["GRPO", "OPPO"]);
    expect(lines.lines[1].points[15]).toEqual([16, 0.4]);
  });

  it("survives single points, constants and gaps", () => {
    const [system] = data.systems;
    const odd = { ...system!, curves: [{ step: 1, reward: 0, loss: Number.NaN }] };
    const drawn = renderReport({ ...data, systems: [odd] });
    expect(drawn).not.toMatch(/NaN|Infinity/);
    expect(drawn).toContain('aria-label="Reward"');
    expect(drawn).not.toContain('aria-label="Loss"');
  });
});

describe("clips", () => {
  it("colours evidence, marks what is wrong, and shows the drop under each token", () => {
    expect(page).toMatch(/<mark class="visual true"[^>]*>(?:(?!<\/mark>).)*raised/);
    expect(page).toMatch(/<mark class="acoustic cross-modal"[^>]*>(?:(?!<\/mark>).)*pitch.*?⇄/);
    const token = sampleClip().tokens!.find(({ visual }) => visual !== 0)!;
    const word = sampleClip().responses[0]!.text.slice(token.start, token.end).trim();
    expect(page).toContain(
      `<span class="tok na" style="--v:0.50;--a:0.10" data-p="[-0.500,1.250,-0.250]">${word}</span>`,
    );
    expect(visible(page)).toContain("1 of 2 claims true, 1 of 1 cues recovered");
  });

  it("keeps the response's words in order", () => {
    const said = /<p class="text">(.*?)<\/p>/
      .exec(page)![1]!
      .replace(/<span class="sign">.*?<\/span>/g, "");
    const words = said
      .replace(/<[^>]*>/g, "")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">");
    expect(words).toBe(sampleClip().responses[0]!.text);
  });

  it("says when a system has no response, and names a clip that is gone", () => {
    const lost = structuredClone(data.systems[0]!);
    lost.result!.clips = [];
    expect(visible(renderReport({ ...data, systems: [lost] }))).toContain("no response recorded");
    const gone = { ...data, clips: [{ id: "clip-1", path: join(folder, "gone.mp4") }] };
    expect(() => renderReport(gone)).toThrow(/gone\.mp4.*can't be read/);
    const odd = { ...data, clips: [{ id: "clip-1", path: join(folder, "clip.xyz") }] };
    expect(() => renderReport(odd)).toThrow(/no media type/);
  });
});

it("is written whole", () => {
  const path = join(folder, "out", "report.html");
  writeReport(path, data);
  expect(readFileSync(path, "utf8")).toBe(page);
  expect(readdirSync(join(folder, "out"))).toEqual(["report.html"]);
});
