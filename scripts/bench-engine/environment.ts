/**
 * The yardstick's own Python: a virtual environment in node_modules/.cache, made the first time.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { BenchError } from "../../src/core/errors.ts";
import { sha256, writeFileAtomic } from "../../src/core/files.ts";

export const yardstickFolder = resolve(import.meta.dirname, "../yardstick");
const cache = resolve(import.meta.dirname, "../../node_modules/.cache/oppo-yardstick");
/** Where torch.compile keeps its kernels between runs of the benchmark. */
export const inductorCache = join(cache, "inductor");
const requirements = join(yardstickFolder, "requirements.txt");
/** CPU wheels: the ones of the general index bring gigabytes of GPU libraries on Linux. */
const cpuWheels = "https://download.pytorch.org/whl/cpu";
const skip =
  "run with --no-pytorch to leave the yardstick out, or name an interpreter with --python";
const run = promisify(execFile);

/**
 * Path of a Python interpreter that has what `scripts/yardstick/requirements.txt` asks for.
 * @throws BenchError when there is no Python, or the packages do not install.
 */
export async function yardstickPython(say: (text: string) => void): Promise<string> {
  const python = join(
    cache,
    "venv",
    process.platform === "win32" ? "Scripts/python.exe" : "bin/python",
  );
  const stamp = join(cache, "installed");
  const wanted = sha256(readFileSync(requirements));
  if (existsSync(python) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
    return python;
  }
  say(`  installing PyTorch into ${cache} (once, some minutes)`);
  mkdirSync(cache, { recursive: true });
  await attempt("no usable python3", "python3", ["-m", "venv", join(cache, "venv")]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const torch = readFileSync(requirements, "utf8")
    .split("\n")
    .find((line) => line.startsWith("torch=="))!;
  // where the index of CPU wheels is out of reach, the second call takes torch from the usual one
  await run(python, [...pip, "--retries", "0", "--no-deps", "--index-url", cpuWheels, torch]).catch(
    () => {},
  );
  await attempt("PyTorch does not install", python, [...pip, "-r", requirements]);
  writeFileAtomic(stamp, wanted);
  return python;
}

async function attempt(what: string, file: string, args: readonly string[]): Promise<void> {
  try {
    await run(file, args, { maxBuffer: 2 ** 26 });
  } catch (cause) {
    const { stderr = "", message } = cause as Error & { stderr?: string };
    const reason = stderr.trim().split("\n").at(-1) || message.split("\n")[0];
    throw new BenchError("YARDSTICK_PYTHON", `${what}: ${reason}`, { hint: skip, cause });
  }
}
