const codes: ReadonlySet<string> = new Set(["ENDPOINT_AUTH", "ENDPOINT_NOT_FOUND"]);

/**
 * A server that will never answer: going on would only write the same failure down for each
 * question.
 */
export const isHopeless = (error: { code: string }): boolean => codes.has(error.code);
