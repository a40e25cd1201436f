/*
 * Text as Python sees it, for evaluators that must agree with Python ones on every string.
 * JavaScript's own `trim`, `\s`, `\d` and `toFixed` differ on a few characters and on ties.
 */

/**
 * What `str.isspace` and `\s` of `re` accept: unlike JavaScript's, with U+001C–1F and U+0085,
 * without U+FEFF.
 */
export const pythonSpace =
  "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

/** What `\d` of `re` accepts: every decimal digit of Unicode. Needs the `u` flag. */
export const pythonDigit = "\\p{Nd}";

const outerSpace = new RegExp(`^${pythonSpace}+|${pythonSpace}+$`, "g");

/** `str.strip()`. */
export function pythonStrip(text: string): string {
  return isPlain(text.charCodeAt(0)) && isPlain(text.charCodeAt(text.length - 1))
    ? text
    : text.replace(outerSpace, "");
}

/** Printing ASCII, by far the most frequent case. */
const isPlain = (code: number): boolean => code > 0x20 && code < 0x7f;

/** `int()` of a run of decimal digits of any script; NaN for anything else. */
export function pythonInteger(digits: string): number {
  let value = 0;
  for (const digit of digits) {
    const single = digitValue(digit);
    if (Number.isNaN(single)) return Number.NaN;
    value = value * 10 + single;
  }
  return digits === "" ? Number.NaN : value;
}

/**
 * Unicode keeps the ten digits of a script together and in order, so the value is the distance to
 * its zero.
 */
function digitValue(digit: string): number {
  const isDigit = /^\p{Nd}$/u;
  if (!isDigit.test(digit)) return Number.NaN;
  const point = digit.codePointAt(0)!;
  // Mathematical digits are five sets of ten side by side; all other sets begin after a non-digit.
  if (point >= 0x1d7ce && point <= 0x1d7ff) return (point - 0x1d7ce) % 10;
  let zero = point;
  while (point - zero < 9 && isDigit.test(String.fromCodePoint(zero - 1))) zero--;
  return point - zero;
}

/**
 * `"%.{digits}f" % value`: round half to even on the exact binary value (`toFixed` rounds such ties
 * up).
 */
export function pythonFixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const magnitude = Math.abs(value);
  const up = magnitude.toFixed(digits);
  // toFixed is exact up to 1e21 and errs only on exact ties, where it takes the larger neighbour.
  const isTie = magnitude < 2 ** 52 && exactTie(magnitude, digits);
  const odd = Number(up.at(-1)) % 2 === 1;
  // The last digit is odd, so taking one off borrows nothing.
  return sign + (isTie && odd ? up.slice(0, -1) + String(Number(up.at(-1)) - 1) : up);
}

/**
 * A double is a tie when 2·10^digits times it is an odd integer exactly; that product is exact for
 * few digits.
 */
function exactTie(magnitude: number, digits: number): boolean {
  const scaled = 2n * 10n ** BigInt(digits);
  const [numerator, denominator] = exactFraction(magnitude);
  const product = numerator * scaled;
  return product % denominator === 0n && (product / denominator) % 2n === 1n;
}

/** The value as an exact fraction with a power of two below. */
function exactFraction(value: number): [bigint, bigint] {
  let denominator = 1n;
  let numerator = value;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  return [BigInt(numerator), denominator];
}
