import { setMaxListeners } from "node:events";
import { callerGone } from "../body/read-body.ts";

/**
 * A signal that aborts when the caller of a request has hung up, with an error that says so: its
 * work stops at the next item.
 */
export function callerSignal(request: Request): AbortSignal {
  const gone = new AbortController();
  // one for each of its texts that waits for a thread
  setMaxListeners(0, gone.signal);
  const abort = (): void => gone.abort(callerGone());
  if (request.signal.aborted) abort();
  else request.signal.addEventListener("abort", abort, { once: true });
  return gone.signal;
}

/** Of a caller that stays. */
export const staying: AbortSignal = new AbortController().signal;
