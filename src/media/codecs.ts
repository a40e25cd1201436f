import "../core/globals.ts";
import { registerMediabunnyServer } from "@mediabunny/server";

let registered = false;

/**
 * Makes FFmpeg's codecs (node-av, inside the npm package) known to mediabunny, once per thread. Hardware
 * codecs are off: probing them prints driver noise on stderr, and software output is the same everywhere.
 */
export function useCodecs(): void {
  if (registered) return;
  registerMediabunnyServer({ hardwareContext: null });
  registered = true;
}
