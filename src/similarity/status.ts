import { dot } from "../core/vector.ts";
import { openEmbedder } from "./open.ts";
import type { EmbedderOptions } from "./options.ts";

/** One line of `oppo doctor`. */
export interface EmbedderStatus {
  ok: boolean;
  /** Embedder id, or what was asked for where it didn't open. */
  id: string;
  detail: string;
  /** What to do about it; empty when ok. */
  cure: string;
}

/** Opens the embedder and embeds a paraphrase pair and an unrelated sentence. Never throws. */
export async function embedderStatus(options: EmbedderOptions): Promise<EmbedderStatus> {
  const asked = options.kind === "openai" ? `openai:${options.model}` : options.kind;
  try {
    const started = performance.now();
    const { embedder, calibration } = await openEmbedder(options);
    const [a, b, c] = await embedder.embed(["raised eyebrows", "lifted brows", "speaks very fast"]);
    const paraphrase = dot(a as Float32Array, b as Float32Array);
    const unrelated = dot(a as Float32Array, c as Float32Array);
    await embedder.close?.();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const ok = paraphrase > unrelated;
    return {
      ok,
      id: embedder.id,
      detail: `paraphrase ${paraphrase.toFixed(2)}, unrelated ${unrelated.toFixed(2)}, thresholds ${calibration.low}/${calibration.high}, ${seconds} s`,
      cure: ok ? "" : "this model tells cue phrases apart worse than chance: choose another",
    };
  } catch (error) {
    return { ok: false, id: asked, detail: "does not answer", cure: String(error) };
  }
}
