/**
 * Counts the tests that a run left out, by reason, and fails on one without a reason known to
 * `test/needs.ts`: `npx tsx scripts/count-skips.ts REPORT.json` (vitest's JSON report).
 */
import { readFileSync } from "node:fs";
import { needs } from "../test/needs.ts";

interface Report {
  testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[];
}

const skipped = new Set(["pending", "skipped", "todo", "disabled"]);

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: count-skips.ts REPORT.json");
const report = JSON.parse(readFileSync(file, "utf8")) as Report;
const left = report.testResults.flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter(({ status }) => skipped.has(status))
    .map(({ fullName }) => ({ name, fullName })),
);
const reasons = Object.values(needs).map(({ title }) => title);
for (const reason of reasons) {
  const count = left.filter(({ fullName }) => fullName.includes(reason)).length;
  if (count > 0) console.log(`${count} tests left out ${reason}`);
}
const unknown = left.filter(({ fullName }) => !reasons.some((title) => fullName.includes(title)));
for (const { name, fullName } of unknown)
  console.error(`left out without a reason: ${name}: ${fullName}`);
process.exit(unknown.length === 0 ? 0 : 1);
