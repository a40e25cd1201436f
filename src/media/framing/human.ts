import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { MediaError } from "../../core/errors.ts";
import type { Picture } from "../orientation.ts";
import type { Box, FaceDetector } from "./detector.ts";

/**
 * Packages of the face detector, an install of the user's own: 133 MB that most runs do not need.
 * The models (BlazeFace and a face mesh, 2 MB) come with the first.
 */
const packages = {
  "@vladmandic/human": "3.3.6",
  "@tensorflow/tfjs-core": "4.22.0",
  "@tensorflow/tfjs-converter": "4.22.0",
  "@tensorflow/tfjs-backend-wasm": "4.22.0",
} as const;

/** What to type for `framing: face`; `--no-save` leaves package.json and the lock file alone. */
export const faceInstallLine = `npm install --no-save ${Object.entries(packages)
  .map(([name, version]) => `${name}@${version}`)
  .join(" ")}`;

const require = createRequire(import.meta.url);

/** Whether the detector's packages are there. */
export function faceDetectorInstalled(): boolean {
  return missingPackages(require.resolve).length === 0;
}

/**
 * @param resolve finds a package or throws.
 * @throws MediaError `FACE_INSTALL` naming what is missing and the line that installs it.
 */
export function requireFaceDetector(resolve: Resolve = require.resolve): void {
  const missing = missingPackages(resolve);
  if (missing.length === 0) return;
  throw new MediaError(
    "FACE_INSTALL",
    `framing: face needs a face detector that is not installed (missing: ${missing.join(", ")})`,
    { hint: `run \`${faceInstallLine}\`, again after each npm ci; or set features.framing: whole` },
  );
}

type Resolve = (name: string) => string;

function missingPackages(resolve: Resolve): string[] {
  return Object.keys(packages).filter((name) => {
    try {
      resolve(name);
      return false;
    } catch {
      return true;
    }
  });
}

/** The little that is used of `@vladmandic/human`. */
interface Human {
  load(): Promise<void>;
  tf: {
    tensor(values: Int32Array, shape: readonly number[], type: "float32"): object;
    dispose(tensor: object): void;
  };
  detect(tensor: object): Promise<{
    error: string | null;
    face: readonly { box: readonly [number, number, number, number] }[];
  }>;
}
type HumanPackage = { Human: new (config: object) => Human };

let opening: Promise<FaceDetector> | undefined;

/**
 * The face detector of this thread, opened once: 0.2 s.
 * @throws MediaError `FACE_INSTALL`, `FACE_DETECTOR` (it is there and does not start).
 */
export function openFaceDetector(): Promise<FaceDetector> {
  opening ??= start();
  return opening;
}

async function start(): Promise<FaceDetector> {
  requireFaceDetector();
  try {
    const human = await loadHuman();
    return { find: (picture) => find(human, picture) };
  } catch (cause) {
    throw new MediaError("FACE_DETECTOR", `the face detector does not start: ${String(cause)}`, {
      hint: `run \`${faceInstallLine}\` again`,
      cause,
    });
  }
}

async function loadHuman(): Promise<Human> {
  const home = dirname(require.resolve("@vladmandic/human"));
  const backend = dirname(require.resolve("@tensorflow/tfjs-backend-wasm"));
  // Its table of exports offers only the build that needs native TensorFlow.
  const { Human } = require(join(home, "human.node-wasm.js")) as HumanPackage;
  const human = new Human(config(pathToFileURL(join(home, "../models/")).href, `${backend}/`));
  const restore = fetchFiles();
  try {
    await human.load();
  } finally {
    restore();
  }
  return human;
}

function config(modelBasePath: string, wasmPath: string): object {
  const off = { enabled: false };
  return {
    backend: "wasm",
    wasmPath,
    modelBasePath,
    debug: false,
    warmup: "none",
    // Every picture is looked at anew: what was in the last one is `followFace`'s matter.
    cacheSensitivity: 0,
    filter: off,
    face: {
      enabled: true,
      detector: {
        maxDetected: 10,
        // The mesh takes back what is no face, so the detector may be generous.
        minConfidence: 0.2,
        rotation: false,
        skipFrames: 0,
        skipTime: 0,
      },
      mesh: { enabled: true },
      iris: off,
      emotion: off,
      description: off,
      antispoof: off,
      liveness: off,
    },
    body: off,
    hand: off,
    object: off,
    gesture: off,
    segmentation: off,
  };
}

/** Models are loaded through `fetch`, and Node's does not open files. @returns undoes it. */
function fetchFiles(): () => void {
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return url.protocol === "file:" ? new Response(readFileSync(url)) : real(input, init);
  };
  return () => {
    globalThis.fetch = real;
  };
}

async function find(human: Human, picture: Picture): Promise<Box[]> {
  const side = Math.max(picture.width, picture.height);
  const tensor = human.tf.tensor(squared(picture, side), [1, side, side, 3], "float32");
  try {
    const { error, face } = await human.detect(tensor);
    if (error) throw new MediaError("FACE_DETECTOR", `the face detector failed: ${error}`);
    return face.map(({ box: [x, y, width, height] }) => ({ x, y, width, height }));
  } finally {
    human.tf.dispose(tensor);
  }
}

/** The picture at the top left of a black square: the detector would squeeze it into one. */
function squared({ width, height, data }: Picture, side: number): Int32Array {
  const out = new Int32Array(side * side * 3);
  for (let row = 0; row < height; row++) {
    out.set(data.subarray(row * width * 3, (row + 1) * width * 3), row * side * 3);
  }
  return out;
}
