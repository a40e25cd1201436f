import { resolve } from "node:path";
import { dataSection } from "../src/cli/sources.ts";
import { experimentJsonSchema } from "../src/config/schema.ts";
import { writeJson } from "../src/core/files.ts";
import { clipLineJsonSchema } from "../src/data/index.ts";

/** JSON Schemas, by which editors complete and check files. `npm run schema` */
const schemas: Readonly<Record<string, unknown>> = {
  "experiment.schema.json": experimentJsonSchema(dataSection()),
  "clips.schema.json": clipLineJsonSchema(),
};

for (const [name, schema] of Object.entries(schemas)) {
  const file = resolve(import.meta.dirname, "../configs", name);
  writeJson(file, schema);
  process.stdout.write(`${file}\n`);
}
