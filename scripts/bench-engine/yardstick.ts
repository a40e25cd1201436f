/**
 * The PyTorch side: a process that lives as long as the benchmark and answers one request at a
 * time.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { BenchError } from "../../src/core/errors.ts";
import { inductorCache, yardstickFolder } from "./environment.ts";

export interface YardstickVersions {
  python: string;
  torch: string;
  transformers: string;
}

interface Waiting {
  resolve(answer: Record<string, unknown>): void;
  reject(error: Error): void;
}

/** Lines of the worker's standard error that are kept for its error message. */
const keptLines = 20;

export class Yardstick {
  readonly threads: number;
  private readonly child: ChildProcess;
  private waiting: Waiting | undefined;
  private readonly errors: string[] = [];
  private ended: BenchError | undefined;

  private constructor(python: string, folder: string, threads: number) {
    this.threads = threads;
    this.child = spawn(python, [join(yardstickFolder, "worker.py"), folder, String(threads)], {
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        ...process.env,
        PYTHONDONTWRITEBYTECODE: "1",
        HF_HUB_OFFLINE: "1",
        TORCHINDUCTOR_CACHE_DIR: inductorCache,
      },
    });
    createInterface({ input: this.child.stdout! }).on("line", (line) => this.answered(line));
    createInterface({ input: this.child.stderr! }).on("line", (line) => {
      this.errors.push(line);
      if (this.errors.length > keptLines) this.errors.shift();
    });
    // a worker that dies mid-request is reported by its exit, not by the broken pipe
    this.child.stdin!.on("error", () => {});
    this.child.on("error", (error) => this.end(error.message));
    this.child.on("exit", (code, signal) => this.end(`ended with ${signal ?? code}`));
  }

  /** Starts the worker on an exported policy. @throws BenchError when it does not come up. */
  static async start(
    python: string,
    folder: string,
    threads: number,
  ): Promise<{ yardstick: Yardstick; versions: YardstickVersions }> {
    const yardstick = new Yardstick(python, folder, threads);
    const versions = (await yardstick.answer()) as unknown as YardstickVersions;
    return { yardstick, versions };
  }

  /** @throws BenchError with the worker's own words when the request failed or the worker died. */
  async request<T>(request: { do: string } & Record<string, unknown>): Promise<T> {
    if (this.ended) throw this.ended;
    const answer = this.answer();
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    const { error, ...rest } = await answer;
    if (error !== undefined) throw new BenchError("YARDSTICK_REQUEST", `PyTorch: ${error}`);
    return rest as T;
  }

  async close(): Promise<void> {
    if (this.ended) return;
    const exited = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.stdin!.end();
    await exited;
  }

  private answer(): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  private answered(line: string): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(JSON.parse(line) as Record<string, unknown>);
  }

  private end(how: string): void {
    this.ended ??= new BenchError("YARDSTICK_ENDED", `the PyTorch worker ${how}`, {
      hint: `run with --no-pytorch to leave it out; its last words: ${this.errors.slice(-3).join(" / ")}`,
    });
    this.waiting?.reject(this.ended);
    this.waiting = undefined;
  }
}
