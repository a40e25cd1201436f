import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decomposerOptions, judgeOptions } from "../service/decomposer/options.ts";
import { openDecomposer, openJudge, readSwiftOptions } from "./ms-swift.ts";

let folder: string;
let server: Server;
let baseUrl: string;
let calls: number;
let answer: object;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-swift-"));
  calls = 0;
  server = createServer((request, reply) => {
    calls++;
    request.resume();
    const message = { role: "assistant", content: JSON.stringify(answer) };
    reply.setHeader("Content-Type", "application/json");
    reply.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
  rmSync(folder, { recursive: true, force: true });
});

const model = () => ({ kind: "model", baseUrl, model: "m" });

describe("models behind the service", () => {
  it("decompose over HTTP", async () => {
    answer = { cues: [{ modality: "visual", text: "a frown", quote: "frowns" }] };
    const decomposer = openDecomposer(decomposerOptions.parse(model()));
    const { cues } = await decomposer.decompose("He frowns.");
    expect(cues).toMatchObject([{ text: "a frown", span: { start: 3, end: 9 } }]);
    expect(openDecomposer(decomposerOptions.parse(undefined)).id).toBe("rules-1");
  });

  it("judge over HTTP, and are not asked again after a restart", async () => {
    answer = { pairs: [{ cue: 0, claim: 1, degree: 0.5 }] };
    const question = [
      { modality: "visual", cues: ["a frown"], claims: ["a smile", "brows"] },
      { modality: "acoustic", cues: ["a sob"], claims: ["a shout"] },
    ];
    const options = judgeOptions.parse(model());
    expect(await openJudge(options, folder)!.judge(question)).toEqual([[[0, 0.5]], [[0]]]);
    answer = { pairs: [] };
    expect(await openJudge(options, folder)!.judge(question)).toEqual([[[0, 0.5]], [[0]]]);
    expect(calls).toBe(1);
    expect(openJudge(undefined, folder)).toBeUndefined();
  });
});

describe("settings", () => {
  it("are one file for service and export, refused by field", () => {
    const settings = readSwiftOptions(undefined, [
      "judge={kind: model, baseUrl: 'http://a/v1', model: m}",
    ]);
    expect(settings.judge).toMatchObject({ model: "m", tries: 3 });
    expect(() => readSwiftOptions(undefined, ["service.limits.itmes=3"])).toThrow(/itmes/);
  });
});
