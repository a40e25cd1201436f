/**
 * Zeros that threads of this process share: an array over them is handed to another thread without
 * a copy. Where the runtime has no shared memory (a browser page that is not isolated, and so
 * without threads), plain memory.
 */
export function sharedFloats(length: number): Float32Array {
  const Memory = globalThis.SharedArrayBuffer ?? ArrayBuffer;
  return new Float32Array(new Memory(length * Float32Array.BYTES_PER_ELEMENT));
}

/** Whether handing the array over costs nothing. */
export function isShared(view: ArrayBufferView): boolean {
  return typeof SharedArrayBuffer !== "undefined" && view.buffer instanceof SharedArrayBuffer;
}
