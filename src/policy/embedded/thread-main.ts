import { parentPort } from "node:worker_threads";
import { OppoError, PolicyError } from "../../core/errors.ts";
import { sendError } from "../../core/thread.ts";
import type { Executor } from "./executor.ts";
import { openOneExecutor } from "./open-executor.ts";
import { copyParameters, type Parameters, zeroParameters } from "./params.ts";
import { LocalReplica } from "./replica.ts";
import type { Order, Reply, Request } from "./second-thread.ts";
import type { TensorData } from "./tensor.ts";

/** The second thread: one order after the other, each answered by one reply. */

interface Model {
  replica: LocalReplica;
  /** A copy of `weights`: onnxruntime takes no shared memory. */
  parameters: Parameters;
  weights: Parameters;
}

const models = new Map<number, Model>();
let executor: Executor;
let last: Promise<unknown> = Promise.resolve();

parentPort?.on("message", ({ call, order }: Request) => {
  last = last.then(async () => {
    parentPort?.postMessage(await answer(call, order));
  });
});

async function answer(call: number, order: Order): Promise<Reply> {
  try {
    return { call, result: await carryOut(order) };
  } catch (error) {
    const known = error instanceof OppoError;
    const sent = known ? error : new PolicyError("HELPER", String(error), { cause: error });
    return { call, error: sendError(sent) };
  }
}

async function carryOut(order: Order): Promise<unknown> {
  if (order.do === "start") {
    executor = await openOneExecutor(order.executor);
    return;
  }
  if (order.do === "open") {
    const parameters = zeroParameters(order.description.shape);
    const replica = new LocalReplica(order.description, executor, parameters);
    models.set(order.model, { replica, parameters, weights: order.weights });
    return;
  }
  const model = models.get(order.model);
  if (!model) throw new PolicyError("HELPER_MODEL", `replica ${order.model} is not open`);
  switch (order.do) {
    case "weights":
      copyParameters(model.weights, model.parameters);
      return;
    case "score":
      return handOver(await model.replica.score(order.work), order.gradient);
    case "decode":
      return await model.replica.decode(order.batch, order.options);
    case "close":
      models.delete(order.model);
      return await model.replica.close();
  }
}

/**
 * What is left to be sent: outputs after the log-probs are the gradient, parameter by parameter.
 */
function handOver(
  [logprobs, ...others]: readonly TensorData[],
  gradient: Parameters | undefined,
): TensorData[] {
  if (!gradient) return [logprobs as TensorData, ...others];
  [...gradient.values()].forEach((values, index) => {
    values.set(others[index] as TensorData);
  });
  return [logprobs as TensorData];
}
