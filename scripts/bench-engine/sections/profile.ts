/** Where a program's time goes, operator by operator: onnxruntime's own profile, on one thread. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { chunkToScore } from "../../../src/policy/embedded/batch.ts";
import { fusedRules } from "../../../src/policy/embedded/onnx/fused/index.ts";
import { createOnnxExecutor } from "../../../src/policy/embedded/onnx/index.ts";
import { trace } from "../../../src/policy/embedded/onnx/jaxpr.ts";
import { lower } from "../../../src/policy/embedded/onnx/lower.ts";
import { denormalsAsZero, loadRuntime } from "../../../src/policy/embedded/onnx/runtime.ts";
import { elements, initParameters } from "../../../src/policy/embedded/params.ts";
import {
  backwardProgram,
  decodeProgram,
  type ProgramSource,
} from "../../../src/policy/embedded/programs.ts";
import { workOf } from "../../../src/policy/embedded/replica.ts";
import type { TensorData } from "../../../src/policy/embedded/tensor.ts";
import {
  completionTensors,
  gradientTensor,
  type NamedTensors,
  prefixTensors,
  unseen,
} from "../../../src/policy/embedded/tensors.ts";
import type { Context, Section } from "../context.ts";
import { demonstrations, likelihoodGradient, shape } from "../subject.ts";
import { markdownTable, shortNumber } from "../table.ts";

/** A program of the policy with what it is run on, parameters apart. */
interface Subject {
  title: string;
  source: ProgramSource;
  tensors: NamedTensors;
}

/** Milliseconds a run in all nodes of an operator, and how many of them there are. */
export interface OperatorTime {
  operator: string;
  ms: number;
  nodes: number;
}

const parameters = initParameters(shape, "bench-engine");

export async function profile(context: Context): Promise<Section> {
  const executor = await createOnnxExecutor({ threads: 1 });
  const parts: string[] = [];
  const data: Record<string, OperatorTime[]> = {};
  for (const [at, { title, source, tensors }] of [coldStartHalf(), decodingStep()].entries()) {
    context.progress({ step: "profile", done: at + 1, total: 2 });
    const inputs = source.inputs.map(
      ({ name }) => (parameters.get(name) ?? tensors[name]) as TensorData,
    );
    const times = await profiled(source, inputs, context.folder);
    data[title] = times;
    parts.push(`${title}:`, timesTable(times));
  }
  await executor.close();
  return {
    name: "profile",
    title: "Profile",
    markdown: [
      "Milliseconds a run by operator, as onnxruntime's profiler counts them on one thread (which slows small " +
        "operators down by some microseconds each), their share, and how many of them the graph has.",
      ...parts,
    ].join("\n\n"),
    targets: [],
    data,
  };
}

/** One lane's gradient of a cold-start batch. */
function coldStartHalf(): Subject {
  const batch = demonstrations();
  const [chunk] = chunkToScore(batch, shape);
  const gradient = { sampled: likelihoodGradient(batch), whole: [] };
  const { work } = workOf("backward", chunk!, batch, gradient);
  const { bucket, groups } = work.chunk;
  const prompts = groups.map(({ prompt }) => prompt);
  const prefix = prefixTensors(shape, bucket, prompts);
  return {
    title: `Gradient of half a cold-start batch, ${work.batch.length} clips`,
    source: backwardProgram(shape, bucket),
    tensors: {
      ...prefix,
      ...completionTensors(shape, work.chunk, work.batch, 0, prefix.hidden!),
      gradient: gradientTensor(work.chunk, work.batch, work.gradient.sampled),
    },
  };
}

/** One token of one lane's completions, in the middle of a response. */
function decodingStep(): Subject {
  const bucket = { rows: 32, length: 48 };
  const source = decodeProgram(shape, bucket);
  const tensors = Object.fromEntries(
    source.inputs
      .filter(({ name }) => !parameters.has(name))
      .map(({ name, dtype, shape: dims }) => {
        const size = elements(dims);
        return [name, dtype === "int32" ? new Int32Array(size) : new Float32Array(size).fill(0.1)];
      }),
  );
  const seen = 40;
  tensors.bias = Float32Array.from({ length: bucket.rows * bucket.length }, (_, at) =>
    at % bucket.length < seen ? 0 : unseen,
  );
  return { title: `One token of ${bucket.rows} completions`, source, tensors };
}

const [warmups, runs] = [3, 20];

/** Operators of the program, the dearest first. Its profile is written to `folder` and removed. */
export async function profiled(
  source: ProgramSource,
  inputs: readonly TensorData[],
  folder: string,
): Promise<OperatorTime[]> {
  const ort = await loadRuntime();
  const graph = lower(trace(source.program, source.inputs), fusedRules);
  const prefix = join(folder, "profile");
  const session = await ort.InferenceSession.create(graph.bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    enableMemPattern: false,
    enableProfiling: true,
    profileFilePrefix: prefix,
    extra: denormalsAsZero,
  });
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, dtype, shape: dims }, i) => [
      name,
      new ort.Tensor(dtype as "float32", inputs[i] as Float32Array, dims),
    ]),
  );
  for (let i = 0; i < warmups + runs; i++) await session.run(feeds);
  session.endProfiling();
  await session.release();
  const written = readdirSync(folder).filter((name) => name.startsWith("profile"));
  const times = operatorTimes(
    JSON.parse(readFileSync(join(folder, written[0]!), "utf8")) as ProfileEvent[],
  );
  for (const name of written) rmSync(join(folder, name));
  return times;
}

/** What onnxruntime writes down of a node's run, and much else. */
export interface ProfileEvent {
  cat: string;
  name: string;
  /** Microseconds. */
  dur: number;
  args?: { op_name?: string };
}

/** Of all runs but the first ones. */
function operatorTimes(events: readonly ProfileEvent[]): OperatorTime[] {
  const nodes = events.filter(({ cat, name }) => cat === "Node" && name.endsWith("_kernel_time"));
  const perRun = nodes.length / (warmups + runs);
  const found = new Map<string, OperatorTime>();
  for (const { args, dur } of nodes.slice(warmups * perRun)) {
    const operator = args?.op_name ?? "unnamed";
    const time = found.get(operator) ?? { operator, ms: 0, nodes: 0 };
    time.ms += dur / 1000 / runs;
    time.nodes += 1 / runs;
    found.set(operator, time);
  }
  return [...found.values()].sort((a, b) => b.ms - a.ms);
}

function together(operator: string, times: readonly OperatorTime[]): OperatorTime {
  const sum = (of: (time: OperatorTime) => number) =>
    times.reduce((all, time) => all + of(time), 0);
  return { operator, ms: sum(({ ms }) => ms), nodes: sum(({ nodes }) => nodes) };
}

/** Operators with less than a hundredth of the time go into one row. */
function timesTable(times: readonly OperatorTime[]): string {
  const { ms: total } = together("", times);
  const large = times.filter(({ ms }) => ms >= total / 100);
  const rest = times.slice(large.length);
  return markdownTable(
    ["operator", "ms", "share", "nodes"],
    [...large, together("others", rest), together("together", times)].map(
      ({ operator, ms, nodes }) => [
        operator,
        shortNumber(ms),
        `${Math.round((100 * ms) / total)} %`,
        String(Math.round(nodes)),
      ],
    ),
  );
}
