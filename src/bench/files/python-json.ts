/**
 * JSON as Python's `json.dump` writes it: `NaN` and `Infinity` stand bare in it, which no other
 * reader takes. Here they are null: nothing where a label is missing, and refused where a number is
 * needed.
 */
export function parsePythonJson(text: string): unknown {
  if (!/NaN|Infinity/.test(text)) return JSON.parse(text);
  // Strings are matched too, and kept, so that only bare words are replaced.
  const bare = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;
  return JSON.parse(text.replace(bare, (found) => (found.startsWith('"') ? found : "null")));
}
