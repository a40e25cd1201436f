import { descriptionOf } from "../../../cues/description.ts";
import { parseResponse } from "../../../cues/response.ts";

/** The reasoning of a response: what is taken apart. All but the answer where it has no tags. */
export function thinkingOf(response: string): string {
  const described = descriptionOf(response);
  return (parseResponse(described).think?.text ?? described).replaceAll(/\n{3,}/g, "\n\n").trim();
}
