import { availableParallelism, totalmem } from "node:os";
import { Command } from "@commander-js/extra-typings";
import { mediaCapabilities } from "../../media/capabilities.ts";
import { executorStatus } from "../../policy/embedded/status.ts";
import { embedderOptions } from "../../similarity/options.ts";
import { embedderStatus } from "../../similarity/status.ts";

/** One line: what was looked at, whether it is well, and what to do if not. */
export interface Finding {
  name: string;
  ok: boolean;
  detail: string;
  cure: string;
}

/** `oppo doctor`: what this machine has; exits 1 when something the demo needs is missing. */
export function doctorCommand() {
  return new Command("doctor")
    .description("what this machine has: Node, media codecs, engine, embedder; each with a cure")
    .option("--json", "print the findings as JSON")
    .action(async ({ json }) => {
      const findings = await examine();
      process.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : listing(findings));
      if (findings.some((finding) => !finding.ok)) process.exitCode = 1;
    });
}

async function examine(): Promise<Finding[]> {
  const embedder = await embedderStatus(embedderOptions.parse(undefined));
  return [
    node(),
    machine(),
    ...(await mediaCapabilities()),
    ...(await executorStatus()),
    {
      name: `embedder ${embedder.id}`,
      ok: embedder.ok,
      detail: embedder.detail,
      cure: embedder.cure,
    },
  ];
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  const cure = ok ? "" : "install Node 20.19 or newer";
  return { name: "Node", ok, detail: process.version, cure };
}

function machine(): Finding {
  const gigabytes = totalmem() / 2 ** 30;
  const ok = gigabytes > 2;
  return {
    name: "machine",
    ok,
    detail: `${availableParallelism()} cores, ${gigabytes.toFixed(0)} GB memory`,
    cure: ok ? "" : "the demo needs about 2 GB of memory",
  };
}

function listing(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((finding) => finding.name.length));
  return findings
    .map(({ name, ok, detail, cure }) => {
      const line = `${ok ? "ok  " : "BAD "} ${name.padEnd(width)}  ${detail}`;
      return cure ? `${line}\n     ${" ".repeat(width)}  → ${cure}\n` : `${line}\n`;
    })
    .join("");
}
