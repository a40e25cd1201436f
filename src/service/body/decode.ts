import { RequestError } from "../request-error.ts";

/**
 * A body's text; a byte order mark is left out.
 * @throws RequestError 400 BODY_UTF8 naming the first byte that is no UTF-8.
 */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RequestError(
      400,
      "BODY_UTF8",
      `the body is not UTF-8 from byte ${firstFault(bytes)} on`,
      { hint: "send JSON in UTF-8", cause },
    );
  }
}

/** Index of the first byte that no character begins with, or whose character is broken. */
function firstFault(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  // What is sound up to a byte, a character cut there included, is sound up to every one before.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isSound(bytes, middle, true)) low = middle;
    else high = middle - 1;
  }
  while (low > 0 && !isSound(bytes, low, false)) low--;
  return low;
}

/** Whether the bytes up to `end` are UTF-8; with `cut` the last character may lack its end. */
function isSound(bytes: Uint8Array, end: number, cut: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, end), { stream: cut });
    return true;
  } catch {
    return false;
  }
}
