import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openJournal } from "./journal.ts";
import { runStage, type StageOptions } from "./stage.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-stage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Result = { word: string } | { code: string };
const items = (count: number, content = "x") =>
  Array.from({ length: count }, (_, i) => ({ id: `i${i}`, content }));

/** Reads rows from disk each time, as another process would. */
async function run(
  list: ReturnType<typeof items>,
  say: (id: string, again: boolean) => Result,
  options: Partial<StageOptions> = {},
) {
  const worked: string[] = [];
  const results = await runStage<(typeof list)[number], Result>(
    {
      step: "read",
      rows: openJournal<Result>(join(folder, "rows.jsonl")),
      failure: (result) => ("code" in result ? result : undefined),
      async work({ id }, again) {
        worked.push(id);
        return say(id, again);
      },
    },
    list,
    { concurrency: 2, ...options },
  );
  return { worked, results };
}

describe("runStage", () => {
  it("gives failures again as they were, until told to try again", async () => {
    const first = await run(items(3), (id) => (id === "i1" ? { code: "BUSY" } : { word: id }));
    expect(first.results).toEqual([{ word: "i0" }, { code: "BUSY" }, { word: "i2" }]);
    const later = await run(items(3), () => ({ word: "new" }));
    expect(later).toEqual({ worked: [], results: first.results });
    const retried = await run(items(3), (_, again) => ({ word: again ? "again" : "first" }), {
      retryFailed: true,
    });
    expect(retried.worked).toEqual(["i1"]);
    expect(retried.results[1]).toEqual({ word: "again" });
    expect((await run(items(3), () => ({ word: "" }))).results).toEqual(retried.results);
  });

  it("works again on what has changed", async () => {
    await run(items(2), (id) => ({ word: id }));
    expect((await run(items(2, "y"), (id) => ({ word: id }))).worked).toEqual(["i0", "i1"]);
  });

  it("stops where nothing succeeds, be it much or little", async () => {
    const dead = () => ({ code: "ENDPOINT_UNREACHABLE" });
    await expect(run(items(60), dead)).rejects.toThrow(/20 in a row.*ENDPOINT_UNREACHABLE/);
    await expect(run(items(3, "few"), dead)).rejects.toMatchObject({ code: "STAGE_FAILS" });
    const on = await run(items(60), dead, { guardAfter: 0 });
    expect(on.results).toHaveLength(60);
    expect((await run([], dead)).results).toEqual([]);
  });
});
