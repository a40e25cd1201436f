/**
 * A checkpoint is a folder: model.safetensors, optimizer.safetensors, policy.json. Written whole or
 * not.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { encodeSafetensors, readSafetensors, type SafeTensor } from "../../arrays/safetensors.ts";
import { DataError, PolicyError } from "../../core/errors.ts";
import { canonicalJson, sha256, writeFileAtomic, writeJson } from "../../core/files.ts";
import type { AdamState } from "./adam.ts";
import type { PolicyDescription } from "./description.ts";
import { type ModelShape, type Parameters, parameterSpecs } from "./params.ts";

interface PolicyFile extends PolicyDescription {
  format: typeof format;
  sha256: Record<string, string>;
}

const format = "oppo-embedded-policy/1";
const modelFile = "model.safetensors";
const optimizerFile = "optimizer.safetensors";
const policyFile = "policy.json";

/**
 * Writes the folder under another name and then renames it: a kill leaves the old one or the new
 * one.
 */
export function writeCheckpoint(
  folder: string,
  description: PolicyDescription,
  parameters: Parameters,
  adam: AdamState,
): void {
  const temporary = `${folder}.${process.pid}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  const { shape } = description;
  const files = {
    [modelFile]: encodeSafetensors(named(shape, parameters, "")),
    [optimizerFile]: encodeSafetensors(
      new Map([
        ["step", { shape: [1], data: Int32Array.of(adam.step) }] as [string, SafeTensor],
        ...named(shape, adam.first, "first."),
        ...named(shape, adam.second, "second."),
      ]),
    ),
  };
  const hashes: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(files)) {
    writeFileAtomic(join(temporary, name), bytes);
    hashes[name] = sha256(bytes);
  }
  writeJson(join(temporary, policyFile), { format, ...description, sha256: hashes });
  replaceFolder(temporary, folder);
}

function replaceFolder(from: string, to: string): void {
  const old = previous(to);
  if (existsSync(to)) {
    rmSync(old, { recursive: true, force: true });
    renameSync(to, old);
  }
  renameSync(from, to);
  rmSync(old, { recursive: true, force: true });
}

/** Where the last checkpoint stands between the two renames; read when a kill fell between them. */
const previous = (folder: string): string => `${folder}.old`;

/**
 * @throws PolicyError when there is no checkpoint, it is of another format, or a file was changed.
 */
export function readDescription(folder: string): PolicyDescription {
  const { format: _, sha256: __, ...description } = readPolicyFile(present(folder));
  return description;
}

/**
 * Fills `parameters` and `adam` from a checkpoint of the same description.
 * @throws PolicyError naming the file or the field that does not fit; then nothing was changed.
 */
export function readCheckpoint(
  folder: string,
  description: PolicyDescription,
  parameters: Parameters,
  adam: AdamState,
): void {
  const place = present(folder);
  const stored = readPolicyFile(place);
  expectSame(description, stored, join(place, policyFile));
  const model = readVerified(place, modelFile, stored);
  const optimizer = readVerified(place, optimizerFile, stored);
  const { shape } = description;
  const step = optimizer.get("step")?.data[0];
  if (step === undefined) throw missing(join(place, optimizerFile), "step");
  const copies = [
    ...fitting(shape, model, "", parameters, join(place, modelFile)),
    ...fitting(shape, optimizer, "first.", adam.first, join(place, optimizerFile)),
    ...fitting(shape, optimizer, "second.", adam.second, join(place, optimizerFile)),
  ];
  for (const [target, data] of copies) target.set(data);
  adam.step = step;
}

/** Forgets moments and step count: what a training that begins from given weights starts with. */
export function resetAdam(adam: AdamState): void {
  for (const moments of [adam.first, adam.second]) {
    for (const values of moments.values()) values.fill(0);
  }
  adam.step = 0;
}

function present(folder: string): string {
  return !existsSync(folder) && existsSync(previous(folder)) ? previous(folder) : folder;
}

function readPolicyFile(folder: string): PolicyFile {
  const file = join(folder, policyFile);
  let stored: PolicyFile;
  try {
    stored = JSON.parse(readFileSync(file, "utf8")) as PolicyFile;
  } catch (cause) {
    throw new PolicyError("CHECKPOINT_MISSING", "no readable checkpoint here", { file, cause });
  }
  if (stored?.format !== format) {
    throw new PolicyError("CHECKPOINT_FORMAT", `format is '${stored?.format}', not '${format}'`, {
      file,
    });
  }
  return stored;
}

function readVerified(folder: string, name: string, stored: PolicyFile): Map<string, SafeTensor> {
  const file = join(folder, name);
  const tensors = readTensors(file);
  if (sha256(readFileSync(file)) !== stored.sha256[name]) {
    throw new PolicyError("CHECKPOINT_DAMAGED", `content is not what ${policyFile} says`, { file });
  }
  return tensors;
}

/** @throws PolicyError `CHECKPOINT_MISSING`, `CHECKPOINT_DAMAGED`, naming the file */
function readTensors(file: string): Map<string, SafeTensor> {
  try {
    return readSafetensors(file);
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    const missing = cause.code === "SAFETENSORS_MISSING";
    throw new PolicyError(
      missing ? "CHECKPOINT_MISSING" : "CHECKPOINT_DAMAGED",
      cause.message.replace(`${file}: `, ""),
      { file, hint: "load an earlier checkpoint", cause },
    );
  }
}

function expectSame(mine: PolicyDescription, stored: PolicyFile, file: string): void {
  const flat = ({ shape, bos, eos }: PolicyDescription): [string, unknown][] =>
    Object.entries({ ...shape, bos, eos });
  const theirs = new Map(flat(stored));
  for (const [path, value] of flat(mine)) {
    if (canonicalJson(value) === canonicalJson(theirs.get(path))) continue;
    throw new PolicyError(
      "CHECKPOINT_SHAPE",
      `${path} is ${JSON.stringify(theirs.get(path))}, this policy's is ${JSON.stringify(value)}`,
      { file, path },
    );
  }
}

function named(shape: ModelShape, parameters: Parameters, prefix: string): Map<string, SafeTensor> {
  return new Map(
    parameterSpecs(shape).map(({ name, shape: dims }) => [
      prefix + name,
      { shape: dims, data: parameters.get(name) as Float32Array },
    ]),
  );
}

/** Pairs of array to fill and stored values, after checking that every parameter is there. */
function fitting(
  shape: ModelShape,
  tensors: ReadonlyMap<string, SafeTensor>,
  prefix: string,
  targets: Parameters,
  file: string,
): [Float32Array, Float32Array][] {
  return parameterSpecs(shape).map(({ name, shape: dims }) => {
    const tensor = tensors.get(prefix + name);
    if (tensor === undefined) throw missing(file, prefix + name);
    if (!(tensor.data instanceof Float32Array) || tensor.shape.join() !== dims.join()) {
      throw new PolicyError(
        "CHECKPOINT_SHAPE",
        `tensor '${prefix}${name}' is [${tensor.shape}], expected float32 [${dims}]`,
        { file },
      );
    }
    return [targets.get(name) as Float32Array, tensor.data];
  });
}

function missing(file: string, name: string): PolicyError {
  return new PolicyError("CHECKPOINT_SHAPE", `tensor '${name}' is missing`, { file });
}
