import { ConfigError } from "../core/errors.ts";

/* Readers of numbers in options: a slip of the finger is an error, not NaN. */

/** @throws ConfigError `OPTION_NUMBER`, as all of these. */
export const wholeNumber =
  (from: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isInteger(value) && value >= from) return value;
    throw new ConfigError("OPTION_NUMBER", `'${text}' is no whole number from ${from}`);
  };

export const positive = (text: string): number => {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new ConfigError("OPTION_NUMBER", `'${text}' is no number above 0`);
};

export const notNegative = (text: string): number =>
  text.trim() !== "" && Number(text) === 0 ? 0 : positive(text);

export const cosine = (text: string): number => {
  const value = Number(text);
  if (text.trim() !== "" && value >= -1 && value <= 1) return value;
  throw new ConfigError("OPTION_NUMBER", `'${text}' is no cosine: -1 to 1`);
};

/** 5000 clips, or a share of them such as 0.2. */
export const countOrShare = (text: string): number => {
  const value = Number(text);
  if (value > 0 && (value < 1 || Number.isInteger(value))) return value;
  throw new ConfigError("OPTION_NUMBER", `'${text}' is neither a number of clips nor a share`, {
    hint: "for example 5000, or 0.2",
  });
};
