/** How fast a plain matrix product runs here: what no training step can exceed. */
import { numpy as np } from "@jax-js/jax";
import type { Compiled } from "../../../src/policy/embedded/executor.ts";
import { createOnnxExecutor } from "../../../src/policy/embedded/onnx/index.ts";
import type { Context, Section } from "../context.ts";
import { interleave, type Turn, timed } from "../rounds.ts";
import { median } from "../statistics.ts";
import { demo, lengths, shape } from "../subject.ts";
import { markdownTable, shortNumber } from "../table.ts";

/** [rows, inner] × [inner, columns]. */
interface Product {
  title: string;
  rows: number;
  inner: number;
  columns: number;
}

const rows = demo.sft.batch * lengths.mean;
const { width, vocabulary, video } = shape;
const inner = shape.heads * shape.headWidth;
const products: readonly Product[] = [
  { title: "large", rows: 1024, inner: 1024, columns: 1024 },
  {
    title: "video embedding",
    rows: demo.sft.batch * video.tokens,
    inner: video.dim,
    columns: width,
  },
  { title: "queries, keys, values", rows, inner: width, columns: 3 * inner },
  { title: "MLP up", rows, inner: width, columns: 4 * width },
  { title: "MLP down", rows, inner: 4 * width, columns: width },
  { title: "output", rows, inner: width, columns: vocabulary },
];

export async function ceiling(context: Context): Promise<Section> {
  const executors = await Promise.all(
    context.threads.map((threads) => createOnnxExecutor({ threads })),
  );
  const table: string[][] = [];
  const data: Record<string, Record<string, number[]>> = {};
  for (const product of products) {
    const open: Compiled[] = [];
    const turns: Turn[] = [];
    for (const [at, executor] of executors.entries()) {
      const compiled = await executor.compile(
        `product ${product.title}`,
        (a, b) => [np.matmul(a!, b!)],
        [
          { name: "a", shape: [product.rows, product.inner], dtype: "float32" },
          { name: "b", shape: [product.inner, product.columns], dtype: "float32" },
        ],
      );
      open.push(compiled);
      turns.push(ourTurn(`onnx, ${context.threads[at]} thr.`, compiled, product));
    }
    for (const yardstick of context.yardsticks) {
      const { rows, inner, columns } = product;
      const request = { do: "product", rows, inner, columns, warmups: 3, repeats: 10 };
      turns.push({
        name: `PyTorch, ${yardstick.threads} thr.`,
        run: async () => (await yardstick.request<{ ms: number[] }>(request)).ms,
      });
    }
    const step = `product, ${product.title}`;
    const measured = await interleave(step, turns, context.limits, context.progress);
    for (const compiled of open) compiled.dispose();
    data[product.title] = Object.fromEntries(measured);
    const flops = 2 * product.rows * product.inner * product.columns;
    if (product === products[0]) {
      for (const [side, ms] of measured) context.ceilings.set(side, flops / 1e6 / median(ms));
    }
    if (table.length === 0) table.push(["", "shape", ...turns.map(({ name }) => name)]);
    table.push([
      product.title,
      `${product.rows} × ${product.inner} × ${product.columns}`,
      ...turns.map(({ name }) => shortNumber(flops / 1e6 / median(measured.get(name)!))),
    ]);
  }
  for (const executor of executors) await executor.close();
  return {
    name: "ceiling",
    title: "Ceiling: a plain matrix product",
    markdown: [
      "GFLOP/s of one product, float32: onnxruntime through our executor (with the call and its result " +
        "handed to JavaScript), PyTorch with `torch.matmul`. The shapes below the first are the policy's " +
        "own, in a cold-start step.",
      markdownTable(table[0]!, table.slice(1)),
    ].join("\n\n"),
    targets: [],
    data,
  };
}

function ourTurn(name: string, compiled: Compiled, { rows, inner, columns }: Product): Turn {
  const a = new Float32Array(rows * inner).fill(0.5);
  const b = new Float32Array(inner * columns).fill(0.25);
  return { name, run: () => timed(() => compiled.run([a, b]), { warmups: 3, repeats: 10 }) };
}
