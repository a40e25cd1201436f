/**
 * Worked numbers of the loss and of evidence spans, for implementations in other languages: writes
 * `integrations/ms-swift/tests/{loss,term,span,controller}_vectors.json` from the code in `src/`. A
 * test checks that the files still say what the code says. `npm run vectors`
 */
import { resolve } from "node:path";
import { writeFileAtomic } from "../src/core/files.ts";
import { controllerVectors } from "./vectors/controller.ts";
import { lossVectors } from "./vectors/loss.ts";
import { spanVectors } from "./vectors/spans.ts";
import { termVectors } from "./vectors/terms.ts";

const folder = resolve(import.meta.dirname, "../integrations/ms-swift/tests");

export const vectorFiles = {
  "loss_vectors.json": lossVectors,
  "term_vectors.json": termVectors,
  "span_vectors.json": spanVectors,
  "controller_vectors.json": controllerVectors,
};

if (import.meta.filename === process.argv[1]) {
  for (const [name, vectors] of Object.entries(vectorFiles)) {
    writeFileAtomic(resolve(folder, name), `${JSON.stringify(vectors(), undefined, 1)}\n`);
    console.log(`${name} written`);
  }
}
