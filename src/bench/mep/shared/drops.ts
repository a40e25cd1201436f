import type { Policy } from "../../../policy/port.ts";
import type { Prompt } from "../../../prompt/prompt.ts";
import type { Tokenizer } from "../../../prompt/tokenizer.ts";

/** A generated token with what hiding a stream takes from its log-prob (nats, l − m). */
export interface TokenDrop {
  start: number;
  end: number;
  logprob: number;
  visual: number;
  acoustic: number;
}

/** A response with the prompts it is read under. */
export interface ReadResponse {
  tokens: Int32Array;
  full: Prompt;
  /** The video hidden. */
  visual: Prompt;
  /** The audio hidden. */
  acoustic: Prompt;
}

/** l − m^v and l − m^a of every token of each response: out[response][token]. */
export async function tokenDrops(
  policy: Policy,
  tokenizer: Tokenizer,
  responses: readonly ReadResponse[],
): Promise<TokenDrop[][]> {
  if (responses.length === 0) return [];
  const pass = (input: "full" | "visual" | "acoustic") =>
    policy.logprobs(responses.map((one) => ({ prompt: one[input], tokens: one.tokens })));
  const full = await pass("full");
  const visual = await pass("visual");
  const acoustic = await pass("acoustic");
  return responses.map(({ tokens }, index) => {
    const { offsets } = tokenizer.decode(tokens);
    return offsets.map(({ start, end }, token) => {
      const logprob = full[index]![token]!;
      return {
        start,
        end,
        logprob,
        visual: logprob - visual[index]![token]!,
        acoustic: logprob - acoustic[index]![token]!,
      };
    });
  });
}
