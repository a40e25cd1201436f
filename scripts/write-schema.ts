import { resolve } from "node:path";
import { dataSection } from "../src/cli/sources.ts";
import { experimentJsonSchema } from "../src/config/schema.ts";
import { writeJson } from "../src/core/files.ts";

/** Writes the JSON Schema of experiment files, which editors use to complete and check them. */
const file = resolve(import.meta.dirname, "../configs/experiment.schema.json");
writeJson(file, experimentJsonSchema(dataSection()));
process.stdout.write(`${file}\n`);
