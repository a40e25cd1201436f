import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { faceDetectorInstalled } from "../src/media/framing/human.ts";
import { onnxStatus } from "../src/policy/embedded/onnx/status.ts";

/** Something that some tests need and not every machine has. */
export interface Need {
  /** Stands in the title of every test that is left out without it; CI knows skips by it. */
  title: string;
  met: boolean;
}

const shared = resolve(import.meta.dirname, "../../shared");
const need = (what: string, met: boolean): Need => ({ title: `(needs ${what})`, met });

/**
 * Every reason for which a test may be left out. What matters is covered without them by small
 * cases of the project's own; a skip for any other reason fails CI (`scripts/count-skips.ts`).
 */
export const needs = {
  /** Data and recorded outputs for research use, which the project may not hold. */
  shared: need("../shared", existsSync(shared)),
  python: need("python3", spawnSync("python3", ["--version"]).status === 0),
  /** Without it jax-js runs the policy, and its tests cover it. */
  nativeOnnx: need("the native onnxruntime", (await onnxStatus()).available),
  /**
   * onnxruntime sets the processor's denormal mode on x64 alone, and Linux hands it on to threads.
   */
  linuxX64: need("Linux on x64", process.arch === "x64" && process.platform === "linux"),
  /** An install of the user's own; what follows and cuts is tested without it. */
  faceDetector: need("the face detector", faceDetectorInstalled()),
} satisfies Record<string, Need>;
