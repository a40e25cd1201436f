import { expect, it } from "vitest";
import { corpusOptions } from "../../../corpus/options.ts";
import { planCorpus } from "../../../corpus/plan.ts";
import { corpusOracle } from "./corpus-oracle.ts";
import { buildItems, contentHash } from "./items.ts";
import { itemOptions } from "./options.ts";
import { rulesHash } from "./rules.ts";

it("rules and items of a corpus are the ones that earlier results rest on", () => {
  expect(rulesHash()).toMatchInlineSnapshot(
    `"af69789373bdbfb36e50be5dcc4e840f98d08f6ccd756643406c1d9287f96a0d"`,
  );
  const clips = { train: 4, validation: 2, test: 40 };
  const rows = planCorpus(corpusOptions.parse({ clips }));
  const items = buildItems(rows, corpusOracle(), itemOptions.parse({}));
  expect(contentHash(items)).toMatchInlineSnapshot(
    `"ad0a4d2d821bd58233b46bf9b936a52168dea13880b766098060dcef168afe99"`,
  );
});
