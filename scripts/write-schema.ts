import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { dataSection } from "../src/cli/sources.ts";
import { experimentJsonSchema } from "../src/config/schema.ts";
import { writeFileAtomic, writeJson } from "../src/core/files.ts";
import { clipLineJsonSchema } from "../src/data/index.ts";
import { withTables } from "./data-tables.ts";

/** Writes what editors complete and check by: JSON Schemas, and the tables of docs/data.md. */
const at = (file: string): string => resolve(import.meta.dirname, "..", file);
const experiment = at("configs/experiment.schema.json");
const clips = at("configs/clips.schema.json");
const document = at("docs/data.md");
writeJson(experiment, experimentJsonSchema(dataSection()));
writeJson(clips, clipLineJsonSchema());
writeFileAtomic(document, withTables(readFileSync(document, "utf8")));
process.stdout.write(`${experiment}\n${clips}\n${document}\n`);
