import { ServiceError } from "../core/errors.ts";
import { sha256 } from "../core/files.ts";
import { lengthIn } from "../service/offsets.ts";
import type { Unit } from "../service/wire/fields.ts";

interface Sent {
  id: string;
  text: string;
}

interface Echo {
  id: string;
  length: number;
  sha256: string;
}

/**
 * Checks that every result is about the text that was sent under its id.
 * @throws ServiceError ECHO naming the item: two requests were mixed, or a text changed on its way.
 */
export function checkEchoes(sent: readonly Sent[], results: readonly Echo[], unit: Unit): void {
  if (results.length !== sent.length) {
    mismatch(`${results.length} results for ${sent.length} items`);
  }
  for (const [i, { id, text }] of sent.entries()) {
    const result = results[i]!;
    if (result.id !== id) mismatch(`result ${i} is about '${result.id}', not '${id}'`);
    if (result.sha256 !== sha256(text)) mismatch(`result '${id}' is about another text`);
    if (result.length !== lengthIn(text, unit)) {
      mismatch(`result '${id}' counts ${result.length} ${unit}, not ${lengthIn(text, unit)}`);
    }
  }
}

/**
 * Checks that the service answered in the form, or by the selector, that was asked for.
 * @param field `form` or `selector`.
 * @param asked undefined: left to the service.
 * @throws ServiceError ECHO naming both.
 */
export function checkSpoken(
  field: "form" | "selector",
  asked: string | undefined,
  answered: string | undefined,
): void {
  if (asked === answered) return;
  if (asked === undefined) {
    throw new ServiceError("ECHO", `reward service: it answers in ${field} '${answered}'`, {
      hint: `its settings say so: ask for a ${field} by name`,
    });
  }
  mismatch(`${field} '${asked}' was asked for, and the answer names ${answered ?? "none"}`);
}

function mismatch(message: string): never {
  throw new ServiceError("ECHO", `reward service: ${message}`, {
    hint: "client and service are of different versions, or something between them rewrites texts",
  });
}
