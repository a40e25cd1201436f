import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { objectivesPage } from "../scripts/objectives/page.ts";
import { pages, written } from "../scripts/write-docs.ts";
import { everyClaim, type LossTerm } from "../src/loss/term.ts";
import { lossTerms } from "../src/loss/terms.ts";
import { type MaskKind, maskKinds } from "../src/prompt/masks.ts";
import type { RewardTerm } from "../src/rewards/term.ts";
import { rewardTerms } from "../src/rewards/terms.ts";

const root = resolve(import.meta.dirname, "..");

describe("pages of docs/ that are written from the code (renew with `npm run docs`)", () => {
  it.each(Object.entries(pages))("%s says what the code says", (name, page) => {
    expect(written(name)).toBe(page());
  });
});

describe("docs/objectives.md", () => {
  const loss: LossTerm = {
    name: "toy_loss",
    weight: () => 0.5,
    option: null,
    suppressive: true,
    needs: "both",
    blindOnly: true,
    reads: () => "onset",
    selector: { ...everyClaim, id: "supported claims" },
    learnsMasked: () => true,
    usesMatch: () => false,
    metrics: ["toy/active"],
    compute: () => {
      throw new Error("the page computes nothing");
    },
    doc: { title: "Toy loss", formula: "|m|", anchor: "objective", source: "a test" },
  };
  const reward: RewardTerm = {
    name: "toy_reward",
    weight: () => 0.25,
    option: null,
    score: () => 1,
    explain: () => [],
    doc: { title: "Toy reward", formula: "r", anchor: "reward" },
  };
  const mask: MaskKind = {
    id: "toy_mask",
    shows: "a toy",
    partial: true,
    needs: "donor",
    places: ["media"],
    streams: ["audio"],
  };

  it("lists a term, a reward and a mask kind that were added to the tables", () => {
    const page = objectivesPage({
      loss: [...lossTerms, loss],
      reward: [...rewardTerms, reward],
      masks: [...maskKinds, mask],
    });
    const rows = page.split("\n").filter((line) => line.includes("toy_"));
    expect(rows).toEqual([
      "| `toy_loss` | $\\vert m\\vert $ | 0.5 | [Toy loss](method.md#objective) | a test |",
      "| `toy_loss` | both, hidden completely | onset | supported claims | yes | yes |  | `toy/active` |",
      "| `toy_reward` | $r$ | 0.25 | [Toy reward](method.md#reward) |",
      expect.stringContaining("terms that act on blind claims alone (`onset`, `toy_loss`)"),
      "| `toy_mask` | a toy | audio | yes | another clip | media |",
    ]);
  });
});

describe("docs/method.md", () => {
  /** Headings as GitHub makes anchors of them. */
  const headings = readFileSync(resolve(root, "docs/method.md"), "utf8").matchAll(/^#+ (.+)$/gm);
  const anchors = new Set(
    [...headings].map(([, text]) =>
      text!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
  const files = ["src", "scripts", "docs", "integrations/ms-swift/oppo_swift"].flatMap((folder) =>
    readdirSync(resolve(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|py|md)$/.test(name))
      .map((name) => `${folder}/${name}`),
  );

  it("has every heading that code and pages cite", () => {
    const cited = [...files, "README.md"].flatMap((file) =>
      [...readFileSync(resolve(root, file), "utf8").matchAll(/method\.md#([a-z0-9-]+)/g)].map(
        ([, anchor]) => ({ file, anchor: anchor! }),
      ),
    );
    expect(cited.length).toBeGreaterThan(30);
    expect(cited.filter(({ anchor }) => !anchors.has(anchor))).toEqual([]);
  });

  it("derives every term where the term says", () => {
    for (const { doc } of [...lossTerms, ...rewardTerms]) expect(anchors).toContain(doc.anchor);
  });
});
