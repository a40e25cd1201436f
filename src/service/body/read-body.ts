import { RequestError } from "../request-error.ts";
import type { BodyRoom, HeldBody } from "../work/body-room.ts";

/** How large a body may be and how long it may take. */
export interface BodyLimits {
  bytes: number;
  /** Seconds for all of it, and for the next piece of it. */
  sec: number;
  idleSec: number;
}

/** A body, and its place in the room, to be left when the request is answered. */
export interface ReadBody {
  bytes: Uint8Array;
  leave(): void;
}

/** A body that announces so many times the limit is read to its end, so that the refusal arrives. */
const drained = 4;

/**
 * Reads the body of a request; what it announces holds no room.
 * @throws RequestError 413 BODY_TOO_LARGE, 408 BODY_TIMEOUT, BODY_STALLED, 429 QUEUE_FULL, 499
 *   CALLER_GONE.
 */
export async function readBody(
  request: Request,
  room: BodyRoom,
  limits: BodyLimits,
): Promise<ReadBody> {
  const stop = new AbortController();
  const held = room.open((error) => stop.abort(error));
  try {
    const bytes = await gather(request, held, limits, stop.signal);
    held.settle();
    return { bytes, leave: () => held.leave() };
  } catch (error) {
    held.leave();
    throw request.signal.aborted ? callerGone(error) : error;
  }
}

export const callerGone = (cause?: unknown): RequestError =>
  new RequestError(499, "CALLER_GONE", "the caller hung up", { cause });

async function gather(
  request: Request,
  held: HeldBody,
  limits: BodyLimits,
  stop: AbortSignal,
): Promise<Uint8Array> {
  const announced = Number(request.headers.get("Content-Length") ?? Number.NaN);
  if (announced > drained * limits.bytes) throw tooLarge(limits.bytes);
  const end = performance.now() + limits.sec * 1000;
  const reader = request.body?.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const left = Math.min(limits.idleSec * 1000, end - performance.now());
    const piece = reader && (await inTime(reader.read(), left, stop));
    if (!piece || piece.done) break;
    length += piece.value.length;
    if (length <= limits.bytes) {
      held.grow(piece.value.length);
      pieces.push(piece.value);
    } else if (!(announced > limits.bytes)) throw tooLarge(limits.bytes);
    else pieces.length = 0;
  }
  if (length > limits.bytes) throw tooLarge(limits.bytes);
  return Buffer.concat(pieces);
}

const tooLarge = (bytes: number): RequestError =>
  new RequestError(413, "BODY_TOO_LARGE", "the request is too large", {
    hint: `at most ${bytes} bytes; split it`,
  });

/** @throws RequestError BODY_TIMEOUT; the reason of `stop`. */
async function inTime<T>(work: Promise<T>, ms: number, stop: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onStop = () => {};
  const late = new Promise<never>((_, reject) => {
    onStop = () => reject(stop.reason);
    stop.addEventListener("abort", onStop, { once: true });
    timer = setTimeout(
      () => reject(new RequestError(408, "BODY_TIMEOUT", "the body did not arrive in time")),
      Math.max(0, ms),
    );
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", onStop);
  }
}
