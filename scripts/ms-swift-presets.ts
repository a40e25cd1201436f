/**
 * Every run that `oppo export ms-swift --preset` knows, each in a folder of its name, for the tests
 * of the plugin: `npx tsx scripts/ms-swift-presets.ts corpus-folder out` prints their names.
 */
import { resolve } from "node:path";
import { readSwiftOptions } from "../src/cli/ms-swift.ts";
import { runPresetNames } from "../src/export/presets.ts";
import { exportSwift } from "../src/export/write.ts";

const [corpus, out] = process.argv.slice(2) as [string, string];
const installed = { oppo: "oppo.mjs", plugin: "oppo_swift_plugin.py" };
for (const name of runPresetNames) {
  const options = readSwiftOptions(undefined, [], name);
  exportSwift(resolve(out, name), options, { path: corpus, split: "train" }, installed);
}
console.log(JSON.stringify(runPresetNames));
