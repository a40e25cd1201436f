import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { clipLineJsonSchema } from "../src/data/index.ts";

const read = (file: string) => readFileSync(resolve(import.meta.dirname, "..", file), "utf8");

it("configs/clips.schema.json describes a line of clips.jsonl (npm run schema)", () => {
  const written: unknown = JSON.parse(read("configs/clips.schema.json"));
  expect(written).toEqual(JSON.parse(JSON.stringify(clipLineJsonSchema())));
});
