import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** Text of every source file, by its path from the root. */
const sources = ["src", "scripts", "test", "integrations", "architecture"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|py)$/.test(file) && !file.endsWith("citations.test.ts"))
    .map((file) => join(folder, file)),
);

/** The anchor that a heading gets on the pages where Markdown is read. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

function anchorsOf(page: string): Set<string> {
  const text = readFileSync(join(root, page), "utf8");
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!)));
}

interface Citation {
  from: string;
  page: string;
  anchor: string | undefined;
}

function citations(): Citation[] {
  return sources.flatMap((from) =>
    [...readFileSync(join(root, from), "utf8").matchAll(/(docs\/[\w-]+\.md)(?:#([\w-]+))?/g)].map(
      ([, page, anchor]) => ({ from, page: page!, anchor }),
    ),
  );
}

describe("what the code cites", () => {
  it("is a page and an anchor that a reader can open", () => {
    const broken = citations().filter(
      ({ page, anchor }) =>
        !existsSync(join(root, page)) || (anchor !== undefined && !anchorsOf(page).has(anchor)),
    );
    expect(broken).toEqual([]);
  });

  it("is never a text that the repository does not hold", () => {
    const dangling = sources.filter((file) =>
      /\bspec(ification)? (§|algorithms|benchmarks|feasibility|ms-swift)|\bspec\/[a-z]/.test(
        readFileSync(join(root, file), "utf8"),
      ),
    );
    expect(dangling).toEqual([]);
  });
});
