import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/architecture.md"), "utf8");

/** Paths in code spans: from the root, or from `src/`, as the page writes them. */
const paths = [...page.matchAll(/`([\w.-]+(?:\/[\w.-]+)*\.(?:ts|py|mjs|yaml|json))`/g)].map(
  ([, path]) => path!,
);

describe("docs/architecture.md", () => {
  it("describes every folder of src", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const rooms = page.slice(page.indexOf("## The rooms"), page.indexOf("## The ideas"));
    for (const folder of folders) expect(rooms, folder).toContain(`\`${folder}\``);
  });

  it("names no file that is not there", () => {
    const named = paths.filter((path) => path.includes("/") && !path.startsWith("oppo_swift/"));
    expect(named.length).toBeGreaterThan(20);
    const missing = named.filter((path) =>
      [path, join("src", path)].every((place) => !existsSync(join(root, place))),
    );
    expect(missing).toEqual([]);
  });
});
