import { expect, it } from "vitest";
import { z } from "zod";
import { clipLineJsonSchema } from "./clip-line.ts";
import { importers } from "./importers/index.ts";
import { listFormats, listOptions } from "./options.ts";
import { fieldNames, vocabulary } from "./vocabulary.ts";

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
}

/** Dotted names of properties that nothing describes. */
function undescribed({ properties = {} }: Schema, path = ""): string[] {
  return Object.entries(properties).flatMap(([name, inner]) => [
    ...(inner.description ? [] : [`${path}${name}`]),
    ...undescribed(inner, `${path}${name}.`),
  ]);
}

it("options of a list and fields of a line are described, all of them", () => {
  expect(undescribed(z.toJSONSchema(listOptions, { io: "input" }) as Schema)).toEqual([]);
  expect(undescribed(clipLineJsonSchema() as Schema)).toEqual([]);
});

it("options of a list refuse what they don't know", () => {
  expect(listOptions.safeParse({ list: "a.csv" }).success).toBe(true);
  expect(listOptions.safeParse({ list: "a.csv", columns: { text: "t" } }).success).toBe(true);
  expect(listOptions.safeParse({ list: "a.csv", colums: {} }).success).toBe(false);
  expect(listOptions.safeParse({ list: "a.csv", columns: { txt: "t" } }).success).toBe(false);
});

it("no name of a column stands for two fields", () => {
  const names = fieldNames.flatMap((field) => [...vocabulary[field].names]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

it("every form has its importer, and the last two take any file and any folder", () => {
  expect(importers.map(({ format }) => format).sort()).toEqual([...listFormats].sort());
  const [table, folder] = importers.slice(-2);
  const file = { path: "/x.csv", table: { columns: [], records: [], notes: [] } };
  expect([table!.recognises(file), folder!.recognises({ path: "/x" })]).toEqual([true, true]);
});
