import { RequestError } from "../request-error.ts";

/**
 * Bounds the memory of requests: their bodies are read and parsed before their items can be
 * counted.
 */
export interface BodyRoom {
  /**
   * Holds so many bytes until the function it returns is called. @throws RequestError 429
   * QUEUE_FULL.
   */
  take(bytes: number): () => void;
}

export function createBodyRoom(maxBytes: number): BodyRoom {
  let held = 0;
  return {
    take(bytes) {
      if (held + bytes > maxBytes) {
        throw new RequestError(429, "QUEUE_FULL", `${held} bytes of requests are in work already`, {
          hint: `the service holds ${maxBytes}; ask again later`,
          retryAfterSec: 1,
        });
      }
      held += bytes;
      return () => {
        held -= bytes;
      };
    },
  };
}
