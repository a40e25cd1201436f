import type { InferenceSession } from "onnxruntime-node";
import { PolicyError } from "../../../core/errors.ts";
import { SessionCache } from "./session-cache.ts";

/** An executor's hold on sessions that other executors of the same settings use, too. */
export interface Sessions {
  /** Runs `work` with the model's session, opened if need be. */
  use<T>(model: Uint8Array, work: (session: InferenceSession) => Promise<T>): Promise<T>;
  /** Lets go; the last to let go releases all sessions. */
  close(): Promise<void>;
}

interface Shared {
  cache: SessionCache;
  holders: number;
}

const shared = new Map<string, Shared>();

/**
 * Sessions of one kind of settings, for all executors of this process: a policy and its frozen
 * reference run the same programs, weights being inputs, so one session serves both.
 */
export function holdSessions(
  settings: string,
  open: (model: Uint8Array) => Promise<InferenceSession>,
  limit: number,
): Sessions {
  const held = shared.get(settings) ?? { cache: new SessionCache(open, limit), holders: 0 };
  shared.set(settings, held);
  held.holders++;
  let closed = false;
  return {
    use(model, work) {
      if (closed) return Promise.reject(closedError());
      return held.cache.use(model, work);
    },
    async close() {
      if (closed) return;
      closed = true;
      held.holders--;
      if (held.holders > 0) return;
      shared.delete(settings);
      await held.cache.close();
    },
  };
}

function closedError(): PolicyError {
  return new PolicyError("ONNX_CLOSED", "the ONNX executor was closed", {
    hint: "close it after the last run",
  });
}
