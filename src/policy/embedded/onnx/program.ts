import type { Tensor as OrtTensor } from "onnxruntime-node";
import { PolicyError } from "../../../core/errors.ts";
import { checkInputs } from "../check-inputs.ts";
import type { Compiled } from "../executor.ts";
import type { TensorData, TensorSpec } from "../tensor.ts";
import type { FinishedGraph, Tensor } from "./graph.ts";
import type { Ort } from "./runtime.ts";
import type { Sessions } from "./shared-sessions.ts";
import { product } from "./view/shape.ts";

/**
 * A lowered program with its buffers. Inputs are read where they lie, outputs written into buffers
 * allocated once; an output that is fed back as input (parameters, optimizer state) alternates
 * between two.
 */
export class OnnxProgram implements Compiled {
  readonly #ort: Ort;
  readonly #sessions: Sessions;
  readonly #graph: FinishedGraph;
  readonly #name: string;
  readonly #specs: readonly TensorSpec[];
  readonly #inputs: OrtTensor[] = [];
  readonly #outputs: OrtTensor[];
  readonly #spares: (OrtTensor | undefined)[] = [];
  #disposed = false;

  constructor(
    ort: Ort,
    sessions: Sessions,
    graph: FinishedGraph,
    name: string,
    specs: readonly TensorSpec[],
  ) {
    this.#ort = ort;
    this.#sessions = sessions;
    this.#graph = graph;
    this.#name = name;
    this.#specs = specs;
    this.#outputs = graph.outputs.map((output) => this.#allocate(output));
  }

  /**
   * Node's event loop stands still while onnxruntime computes. @throws PolicyError naming the
   * program.
   */
  async run(inputs: readonly TensorData[]): Promise<TensorData[]> {
    if (this.#disposed) {
      throw new PolicyError("ONNX_DISPOSED", `program ${this.#name} was disposed`, {
        hint: "compile it again, or close the executor after its last run",
      });
    }
    checkInputs(this.#name, this.#specs, inputs);
    this.#keepApart(inputs);
    const feeds = this.#feeds(inputs);
    const fetches = Object.fromEntries(
      this.#graph.outputs.map(({ name }, i) => [name, this.#outputs[i]!]),
    );
    await this.#sessions.use(this.#graph.bytes, async (session) => {
      try {
        await session.run(feeds, fetches);
      } catch (cause) {
        throw this.#failure(cause);
      }
    });
    return this.#outputs.map((output) => output.data as TensorData);
  }

  /** The session stays for others that run the same graph, until it is the least recently used. */
  dispose(): void {
    this.#disposed = true;
  }

  #failure(cause: unknown): PolicyError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new PolicyError("ONNX_RUN", `program ${this.#name} failed: ${reason}`, {
      hint: "an index outside its table is the usual cause: check token ids against the vocabulary",
      cause,
    });
  }

  /** Wraps inputs; an array passed again, as weights are, keeps its wrapper. */
  #feeds(inputs: readonly TensorData[]): Record<string, OrtTensor> {
    const feeds: Record<string, OrtTensor> = {};
    this.#graph.inputs.forEach(({ name, dtype, shape }, i) => {
      const data = inputs[i]!;
      let tensor = this.#inputs[i];
      if (tensor?.data !== data) {
        tensor = new this.#ort.Tensor(dtype as "float32", data as Float32Array, shape);
        this.#inputs[i] = tensor;
      }
      feeds[name] = tensor;
    });
    return feeds;
  }

  /** Swaps out every output buffer that this run reads. */
  #keepApart(inputs: readonly TensorData[]): void {
    const read = new Set(inputs.map((input) => input.buffer));
    this.#outputs.forEach((output, i) => {
      if (!read.has((output.data as TensorData).buffer)) return;
      this.#outputs[i] = this.#spares[i] ?? this.#allocate(this.#graph.outputs[i]!);
      this.#spares[i] = output;
    });
  }

  #allocate({ dtype, shape }: Tensor): OrtTensor {
    const size = product(shape);
    if (dtype === "float32") return new this.#ort.Tensor(dtype, new Float32Array(size), shape);
    if (dtype === "int32") return new this.#ort.Tensor(dtype, new Int32Array(size), shape);
    throw new PolicyError("ONNX_OUTPUT", `program ${this.#name} returns ${dtype}`, {
      hint: "return float32 or int32: cast in the program",
    });
  }
}
