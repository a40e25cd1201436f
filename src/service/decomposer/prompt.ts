import { z } from "zod";
import { sha256 } from "../../core/files.ts";
import { cueModalities } from "../../cues/cue.ts";

export const decompositionPrompt = `You take a reference description of an emotional video clip apart into atomic cues.

A cue is one observable statement of 1 to 8 words:
- "visual": something seen, such as a face, a gesture or the gaze ("raised brows");
- "acoustic": something heard in the voice, such as pitch, loudness, tempo or quality ("trembling voice"); never what is said;
- "emotion": a feeling that the text concludes ("deep sorrow").

Rules:
- Split statements with two predicates ("wide eyes and open mouth" is two cues).
- Keep the polarity: "no smile" stays denied.
- Leave out guesses about the situation, quoted speech and duplicates.
- Add nothing that the text does not say.
- For every cue copy into "quote" the words of the text it comes from, letter by letter.

Answer with JSON only: {"cues":[{"modality":"visual","text":"raised brows","quote":"her brows are raised"}]}`;

/** What the model must answer. */
export const decompositionAnswer = z.strictObject({
  cues: z.array(
    z.strictObject({
      modality: z.enum(cueModalities),
      text: z.string().trim().min(1).max(120),
      quote: z.string().min(1),
    }),
  ),
});

export const decompositionSchema = z.toJSONSchema(decompositionAnswer);

/** Names wording and schema: cues of two prompts don't compare. */
export const decompositionVersion = `cues-${sha256(
  decompositionPrompt + JSON.stringify(decompositionSchema),
).slice(0, 8)}`;
