import { Command } from "@commander-js/extra-typings";
import type { SwiftOptions } from "../../export/options.ts";
import { type Listening, listen } from "../../service/listen.ts";
import { openService } from "../../service/open.ts";
import { openEmbedder } from "../../similarity/open.ts";
import { openDecomposer, openJudge, readSwiftOptions } from "../ms-swift.ts";
import { say } from "../print.ts";
import { openWheel, openWheels } from "../wheel.ts";

/** `oppo serve`: rewards and evidence over HTTP, for trainers in other languages. */
export function serveCommand() {
  return new Command("serve")
    .description("rewards and evidence over HTTP, for trainers in other languages (ms-swift)")
    .option(
      "-c, --config <file>",
      "settings: service, embedder, decomposer, reward (default: configs/ms-swift/qwen2.5-omni.yaml)",
    )
    .option("--set <path=value...>", "override single fields, for example service.port=9000", [])
    .option("--host <address>", "address to listen on (default: 127.0.0.1; others need a key)")
    .option("--port <number>", "TCP port (default: 8791; 0: any free one)")
    .option("--state <folder>", "keeps decompositions between runs (default: runs/service)")
    .addHelpText(
      "after",
      `
The key that clients must send as \`Authorization: Bearer\` is read from OPPO_API_KEY.
POST /v1/rewards /v1/evidence /v1/decompose; GET /v1/health /v1/capabilities /metrics /openapi.json
SIGTERM and Ctrl-C answer what is in flight, at most service.drainSec seconds (default: 30).`,
    )
    .action(async ({ config, set, host, port, state }) => {
      const overrides = Array.isArray(set) ? set : [];
      await serve(readServeOptions(config, overrides, { host, port, state }));
    });
}

function readServeOptions(
  config: string | undefined,
  set: readonly string[],
  flags: Readonly<Record<"host" | "port" | "state", string | undefined>>,
): SwiftOptions {
  const overrides = [
    ...set,
    ...(flags.host === undefined ? [] : [`service.host=${JSON.stringify(flags.host)}`]),
    ...(flags.port === undefined ? [] : [`service.port=${flags.port}`]),
    ...(flags.state === undefined ? [] : [`service.stateFolder=${JSON.stringify(flags.state)}`]),
  ];
  return readSwiftOptions(config, overrides);
}

async function serve(settings: SwiftOptions): Promise<void> {
  const { service: options, reward } = settings;
  const apiKey = process.env[options.apiKeyEnv] || undefined;
  const { embedder, calibration } = await openEmbedder(settings.embedder);
  const decomposer = openDecomposer(settings.decomposer);
  const judge = openJudge(settings.judge, options.stateFolder);
  const opened = openService({
    options,
    embedder,
    calibration,
    reward,
    decomposer,
    judge,
    groupOf: await openWheel(reward),
    // A request may ask for the printed form whatever the service's own is.
    wheels: await openWheels({ ...reward, form: "paper" }),
    log: say,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  const listening = await listen(opened, options, apiKey);
  // The first line of stdout is the address: whoever asked for port 0 reads it there.
  process.stdout.write(`${listening.url}\n`);
  const deciding = judge ? `judge ${judge.id}` : `embedder ${embedder.id}`;
  say(`${deciding}, decomposer ${decomposer.id}, key ${apiKey ? "needed" : "none"}`);
  await untilStopped(listening);
  await embedder.close?.();
}

/** Resolves after the first SIGTERM or SIGINT, when what was in flight is answered. */
async function untilStopped(listening: Listening): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  say(`${signal}: answering what is in flight`);
  const answered = await listening.close();
  if (!answered) {
    say("some requests were not answered in time");
    process.exitCode = 1;
  }
}
