import { describe, expect, it } from "vitest";
import { silent } from "../../core/progress.ts";
import { inspectClips } from "../../data/inspect/inspect.ts";
import type { InspectedList } from "../../data/inspect/inspected-list.ts";
import { renderInspection } from "./page.ts";
import { shownClips } from "./shown.ts";

/** A list of clips as if they had been looked at: every tenth silent, one without reference. */
async function listOf(count: number): Promise<InspectedList> {
  const rows = Array.from({ length: count }, (_, k) => ({
    id: k === 3 ? `<b>"3"</b>` : `clip-${k}`,
    media: { video: `/films/${k}.mp4` },
    labels: ["joy"],
    ...(k === 1 ? {} : { reference: "In the video, raised brows. In the audio, a loud voice." }),
  }));
  const inspection = await inspectClips(rows, {
    media: false,
    cache: null,
    progress: silent,
    shares: { test: 0.2, validation: 0 },
  });
  return {
    ...inspection,
    list: "/films/list.csv",
    source: { name: "list.csv", sha256: "0", rows: count, format: "table" },
    notes: ["a note of the reader"],
    left: [],
    unused: [],
  };
}

describe("the page of an inspection", () => {
  it("holds every clip of a short list, escaped, and nothing from elsewhere", async () => {
    const list = await listOf(5);
    const html = renderInspection(list, new Map());
    expect(html.match(/<article/g)).toHaveLength(5);
    expect(html).toContain("&lt;b&gt;&quot;3&quot;&lt;/b&gt;");
    expect(html).not.toContain('<b>"3"');
    expect(html).not.toMatch(/https?:/);
    expect(html).toContain("a note of the reader");
  });

  it("tells a problem by a shape and words, not by colour alone", async () => {
    const html = renderInspection(await listOf(5), new Map());
    expect(html).toMatch(/class="chip note"><span aria-hidden="true">·<\/span> no reference/);
    expect(html).toMatch(/✕ Train the embedded policy/);
    expect(html).toMatch(/<option value="no-reference">· no reference \(1\)/);
  });

  it("can be walked by keyboard: tables that scroll take the focus and have names", async () => {
    const html = renderInspection(await listOf(5), new Map());
    const scrolled = html.match(/<div class="scroll"[^>]*>/g)!;
    expect(scrolled.length).toBeGreaterThan(2);
    for (const tag of scrolled) expect(tag).toMatch(/tabindex="0" role="region" aria-label="/);
    for (const [, id] of html.matchAll(/href="#([^"]+)"/g)) expect(html).toContain(`id="${id}"`);
  });

  it("shows a part of a long list, serious clips first, and says so", async () => {
    const list = await listOf(500);
    const [kind] = [...list.problems.values()][0]!;
    const serious = { ...kind!, kind: { ...kind!.kind, id: "silent", weight: "stop" as const } };
    const bad = list.clips.filter((_, k) => k % 10 === 5);
    const problems = new Map(bad.map((clip) => [clip, [serious]]));
    const shown = shownClips({ ...list, problems });
    expect(shown).toHaveLength(60);
    expect(new Set(shown).size).toBe(60);
    expect(shown.slice(0, 30).every((clip) => problems.has(clip))).toBe(true);
    expect(renderInspection(list, new Map())).toContain("60 of 500 clips");
  });
});
