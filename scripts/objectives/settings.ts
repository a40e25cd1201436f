import { z } from "zod";

/** One field of a schema with its value. */
export interface Setting {
  /** Dotted. */
  path: string;
  value: unknown;
  /** What it can be, where that is a choice. */
  values: readonly unknown[];
  meaning: string;
}

/**
 * Every field of a schema of nested objects, in order, with its value in `values` and what it
 * means.
 */
export function settingsOf(schema: z.ZodObject, values: object, prefix = ""): Setting[] {
  return Object.entries(schema.shape).flatMap(([key, type]) => {
    const path = `${prefix}${key}`;
    const value = (values as Record<string, unknown>)[key];
    const bare = unwrapped(type as z.ZodType);
    if (bare instanceof z.ZodObject) {
      return settingsOf(bare, (value ?? {}) as object, `${path}.`);
    }
    const choices =
      bare instanceof z.ZodEnum ? bare.options : bare instanceof z.ZodBoolean ? [true, false] : [];
    return [{ path, value, values: choices, meaning: meaningOf(type as z.ZodType) }];
  });
}

/** The type below defaults and options. */
function unwrapped(type: z.ZodType): z.ZodType {
  if (
    type instanceof z.ZodDefault ||
    type instanceof z.ZodPrefault ||
    type instanceof z.ZodOptional
  ) {
    return unwrapped(type.unwrap() as z.ZodType);
  }
  return type;
}

function meaningOf(type: z.ZodType): string {
  return type.description ?? unwrapped(type).description ?? "";
}
