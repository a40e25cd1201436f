import { RequestError } from "../request-error.ts";

/**
 * Bounds the memory of requests: their bodies are read and parsed before their items can be
 * counted. Bytes count from when they are there, not from when they are announced.
 */
export interface BodyRoom {
  /** Begins to hold a body; `evict` is called if it stalls while others need its room. */
  open(evict: (error: RequestError) => void): HeldBody;
}

/** One body in the room. */
export interface HeldBody {
  /** Holds so many bytes more. @throws RequestError 429 QUEUE_FULL. */
  grow(bytes: number): void;
  /** All of it is there: from now on it holds its bytes whatever others need. */
  settle(): void;
  leave(): void;
}

interface Holder {
  bytes: number;
  touchedMs: number;
  evict: ((error: RequestError) => void) | null;
}

/** @param patienceMs how long a body may stand still before others may have its room. */
export function createBodyRoom(maxBytes: number, patienceMs = 1000): BodyRoom {
  const holders = new Set<Holder>();
  let held = 0;
  const leave = (holder: Holder): void => {
    if (holders.delete(holder)) held -= holder.bytes;
  };

  /** Puts out bodies that have stood still, the longest first, until `bytes` of another fit. */
  function makeRoom(bytes: number): void {
    const since = performance.now() - patienceMs;
    const stalled = [...holders]
      .filter((holder) => holder.evict && holder.bytes > 0 && holder.touchedMs < since)
      .sort((a, b) => a.touchedMs - b.touchedMs);
    for (const holder of stalled) {
      if (held + bytes <= maxBytes) return;
      leave(holder);
      holder.evict?.(
        new RequestError(408, "BODY_STALLED", "the body stood still while others needed its room", {
          retryAfterSec: 1,
        }),
      );
    }
  }

  return {
    open(evict) {
      const holder: Holder = { bytes: 0, touchedMs: performance.now(), evict };
      holders.add(holder);
      return {
        grow(bytes) {
          holder.touchedMs = performance.now();
          if (held + bytes > maxBytes) makeRoom(bytes);
          if (held + bytes > maxBytes) {
            throw new RequestError(
              429,
              "QUEUE_FULL",
              `${held} bytes of requests are in work already`,
              { hint: `the service holds ${maxBytes}; ask again later`, retryAfterSec: 1 },
            );
          }
          holder.bytes += bytes;
          held += bytes;
        },
        settle() {
          holder.evict = null;
        },
        leave: () => leave(holder),
      };
    },
  };
}
