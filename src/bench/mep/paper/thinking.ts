import { parseResponse } from "../../../cues/response.ts";

/** The reasoning of a response: what is taken apart. All but the answer where it has no tags. */
export const thinkingOf = (response: string): string =>
  (
    parseResponse(response).think?.text ??
    response.replace(/<answer>[\s\S]*/i, "").replaceAll(/<\/?think>/gi, "")
  ).trim();
