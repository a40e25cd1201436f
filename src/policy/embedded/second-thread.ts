/** A second thread of this process that holds replicas of the policies open here. */
import type { Worker } from "node:worker_threads";
import { PolicyError } from "../../core/errors.ts";
import { isShared, sharedFloats } from "../../core/shared-memory.ts";
import { receiveError, type SentError, sendError, startThread } from "../../core/thread.ts";
import type { ExecutorOptions } from "../options.ts";
import type { Completion } from "../port.ts";
import type { PolicyDescription } from "./description.ts";
import { copyParameters, type Parameters, zeroParameters } from "./params.ts";
import type { Replica, Work } from "./replica.ts";
import type { DecodeOptions, Start } from "./sample.ts";
import type { TensorData } from "./tensor.ts";

/** What is asked of the thread; `model` says of which replica. */
export type Order =
  | { do: "start"; executor: ExecutorOptions }
  /** `weights` are shared: "weights" says that there are new ones in them. */
  | { do: "open"; model: number; description: PolicyDescription; weights: Parameters }
  | { do: "weights"; model: number }
  /** Gradients are written to `gradient`, which is shared, and not returned. */
  | { do: "score"; model: number; work: Work; gradient?: Parameters }
  | { do: "decode"; model: number; batch: readonly Start[]; options: DecodeOptions }
  | { do: "close"; model: number };

export interface Request {
  call: number;
  order: Order;
}

export type Reply = { call: number } & ({ result: unknown } | { error: SentError });

const ownModule = new URL("./thread-main.ts", import.meta.url);

interface Waiting {
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** Orders are done in the order in which they were given. */
export class SecondThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;
  private models = 0;
  private ended: Error | undefined;

  private constructor(worker: Worker) {
    this.worker = worker;
    worker.unref();
    worker.on("message", (reply: Reply) => this.settle(reply));
    worker.on("error", (error) => this.end(`failed: ${error.message}`, error));
    worker.on("exit", (code) => this.end(`ended with code ${code}`));
  }

  get running(): boolean {
    return this.ended === undefined;
  }

  /** @throws PolicyError when the thread does not start, or what it shall run programs with. */
  static async start(executor: ExecutorOptions, module = ownModule): Promise<SecondThread> {
    const second = new SecondThread(startThread(module));
    await second.ask({ do: "start", executor });
    return second;
  }

  /** A replica of a policy; `version` counts the changes of `parameters`. */
  open(description: PolicyDescription, parameters: Parameters, version: () => number): Replica {
    const model = this.models++;
    let sent = -1;
    const weights = zeroParameters(description.shape, sharedFloats);
    // orders are done in order, so none is waited for before the next is given; but one that
    // failed, for example with new weights, fails what relied on it
    let ready: Promise<unknown> = this.ask({ do: "open", model, description, weights });
    ready.catch(() => {});
    const gradients = new Blocks(() => zeroParameters(description.shape, sharedFloats));
    const prepared = (): Promise<unknown> => {
      if (sent === version()) return ready;
      sent = version();
      copyParameters(parameters, weights);
      ready = Promise.all([ready, this.ask({ do: "weights", model })]);
      return ready;
    };
    const relying = async <Result>(order: Order): Promise<Result> => {
      const [, result] = await Promise.all([prepared(), this.ask<Result>(order)]);
      return result;
    };
    const score = async (work: Work): Promise<TensorData[]> => {
      const order = { do: "score", model, work: detached(work) } as const;
      if (work.kind !== "backward") return relying(order);
      return gradients.lend(async (gradient) => {
        const logprobs = await relying<TensorData[]>({ ...order, gradient });
        return [...logprobs, ...gradient.values()];
      });
    };
    return {
      score,
      decode: (batch, options) =>
        relying<Completion[]>({ do: "decode", model, batch: detached(batch), options }),
      close: () => (this.ended ? Promise.resolve() : this.ask({ do: "close", model })),
    };
  }

  private ask<Result>(order: Order): Promise<Result> {
    if (this.ended) return Promise.reject(this.ended);
    const call = this.calls++;
    const request: Request = { call, order };
    return new Promise((resolve, reject) => {
      this.waiting.set(call, { resolve, reject });
      // only while something is asked of it does the thread keep the process alive
      this.worker.ref();
      try {
        this.worker.postMessage(request);
      } catch (cause) {
        this.settle({ call, error: sendError(unsendable(order, cause)) });
      }
    });
  }

  private settle(reply: Reply): void {
    const waiting = this.waiting.get(reply.call);
    this.waiting.delete(reply.call);
    if (this.waiting.size === 0) this.worker.unref();
    if ("error" in reply) waiting?.reject(receiveError(reply.error));
    else waiting?.resolve(reply.result as never);
  }

  private end(how: string, cause?: Error): void {
    this.ended ??= new PolicyError("SECOND_THREAD_ENDED", `the policy's second thread ${how}`, {
      hint: "set executor.threads to 1 to do without it; results are the same",
      cause,
    });
    for (const { reject } of this.waiting.values()) reject(this.ended);
    this.waiting.clear();
  }
}

/** Blocks kept for the next time: more are only needed by batches of many chunks. */
const keptBlocks = 4;

/**
 * Blocks of memory for what is asked for together, used again when all of that has come: what is in
 * them must have been read before anything else is asked for. A policy's calls run one after
 * another.
 */
class Blocks<Block> {
  private readonly make: () => Block;
  private readonly blocks: Block[] = [];
  private lent = 0;
  private waiting = 0;

  constructor(make: () => Block) {
    this.make = make;
  }

  async lend<Result>(fill: (block: Block) => Promise<Result>): Promise<Result> {
    const at = this.lent++;
    this.waiting++;
    this.blocks[at] ??= this.make();
    try {
      return await fill(this.blocks[at]);
    } finally {
      this.waiting--;
      if (this.waiting === 0) {
        this.lent = 0;
        this.blocks.splice(keptBlocks);
      }
    }
  }
}

function unsendable(order: Order, cause: unknown): PolicyError {
  return new PolicyError(
    "SECOND_THREAD_ORDER",
    `'${order.do}' cannot be sent to the second thread`,
    {
      hint: "prompts and tokens must be plain data",
      cause,
    },
  );
}

const threads = new Map<string, Promise<SecondThread>>();

/**
 * The second thread of this process for such an executor. It stays for the next policy, whose
 * programs it then knows, and does not keep the process from ending.
 */
export async function secondThreadFor(executor: ExecutorOptions): Promise<SecondThread> {
  const key = JSON.stringify(executor);
  const known = threads.get(key) ?? SecondThread.start(executor);
  threads.set(key, known);
  try {
    const second = await known;
    if (second.running) return second;
  } catch (error) {
    // one that did not start must not be found again; whoever awaits it gets the error
    if (threads.get(key) === known) threads.delete(key);
    throw error;
  }
  if (threads.get(key) === known) threads.delete(key);
  return secondThreadFor(executor);
}

/**
 * A copy that shares no memory with what is much larger: sending a view of an array sends all of
 * the array. Memory that threads share is not sent, and stays. What was one array stays one, by
 * which replicas know completions of one prompt.
 */
function detached<T>(value: T): T {
  const copies = new Map<object, unknown>();
  const copy = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return part;
    const known = copies.get(part);
    if (known !== undefined) return known;
    const made = copyOf(part);
    copies.set(part, made);
    return made;
  };
  const copyOf = (part: object): unknown => {
    if (ArrayBuffer.isView(part)) {
      const view = part as Float32Array;
      if (isShared(view)) return view;
      return view.byteLength === view.buffer.byteLength ? view : view.slice();
    }
    if (Array.isArray(part)) return part.map(copy);
    return Object.fromEntries(Object.entries(part).map(([key, child]) => [key, copy(child)]));
  };
  return copy(value) as T;
}
