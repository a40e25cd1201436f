import type { InferenceSession } from "onnxruntime-node";
import { PolicyError } from "../../../core/errors.ts";

interface Entry {
  readonly session: Promise<InferenceSession>;
  users: number;
  /** No longer wanted: released when its last user is done. */
  dropped: boolean;
}

/**
 * Open sessions of serialised models, the least recently used released beyond `limit`. A session
 * keeps the memory of its largest run (some 60 MB for a training step of 64 completions) and opens
 * again in about 50 ms, so a policy that meets many shapes pays a little time for bounded memory.
 */
export class SessionCache {
  readonly #open: (model: Uint8Array) => Promise<InferenceSession>;
  readonly #limit: number;
  /** Least recently used first. */
  readonly #entries = new Map<Uint8Array, Entry>();
  #closed = false;

  constructor(open: (model: Uint8Array) => Promise<InferenceSession>, limit: number) {
    this.#open = open;
    this.#limit = limit;
  }

  /** Sessions open now. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Runs `work` with the model's session, opened if need be; it stays open until `work` is done.
   */
  async use<T>(model: Uint8Array, work: (session: InferenceSession) => Promise<T>): Promise<T> {
    if (this.#closed) {
      throw new PolicyError("ONNX_CLOSED", "the ONNX executor was closed", {
        hint: "close it after the last run",
      });
    }
    const entry = this.#entries.get(model) ?? this.#opened(model);
    this.#entries.delete(model);
    this.#entries.set(model, entry);
    entry.users++;
    try {
      await this.#shrink();
      return await work(await entry.session);
    } finally {
      entry.users--;
      await releaseIfUnused(entry);
    }
  }

  /** Releases the model's session after the runs under way. */
  async drop(model: Uint8Array): Promise<void> {
    const entry = this.#entries.get(model);
    if (!entry) return;
    this.#entries.delete(model);
    entry.dropped = true;
    await releaseIfUnused(entry);
  }

  /** Releases all; later use is an error. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#entries.keys()].map((model) => this.drop(model)));
  }

  #opened(model: Uint8Array): Entry {
    const session = this.#open(model);
    // one that failed to open must not be found again; whoever awaits it gets the error
    session.catch(() => this.#entries.delete(model));
    return { session, users: 0, dropped: false };
  }

  async #shrink(): Promise<void> {
    for (const model of [...this.#entries.keys()].slice(0, -this.#limit)) await this.drop(model);
  }
}

async function releaseIfUnused(entry: Entry): Promise<void> {
  if (!entry.dropped || entry.users > 0) return;
  const session = await entry.session;
  await session.release();
}
