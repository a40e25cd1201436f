import { existsSync } from "node:fs";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { ConfigError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { readText } from "../core/text.ts";

interface Source {
  file: string;
  /** Line and column of a value's path; the nearest existing ancestor where the value is absent. */
  locate(path: readonly PropertyKey[]): { line: number; column: number } | undefined;
  value: unknown;
}

/**
 * Reads a YAML file and checks it against a strict schema. `overrides` are `path=value` strings
 * (`rl.steps=20`), values read as YAML. `defaults` stand where file and overrides say nothing; they
 * may depend on what these say.
 * @throws ConfigError naming file:line:column and the field; as `readText`
 */
export function loadConfig<T>(
  file: string,
  schema: z.ZodType<T>,
  overrides: readonly string[] = [],
  defaults: object | ((value: Readonly<Record<string, unknown>>) => object) = {},
): T {
  const source = readYaml(file);
  refusePrototypes(source);
  const value = overrides.reduce(applyOverride, source.value ?? {});
  const under = (own: Record<string, unknown>) =>
    beneath(own, typeof defaults === "function" ? defaults(own) : defaults);
  const parsed = schema.safeParse(isMapping(value) ? under(value) : value);
  if (parsed.success) return parsed.data;
  throw explain(parsed.error.issues, schema, source, overrides);
}

function readYaml(file: string): Source {
  if (!existsSync(file)) {
    throw new ConfigError("CONFIG_MISSING", "no such config file", { file });
  }
  const counter = new LineCounter();
  const document = parsed(readText(file), file, counter);
  const position = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  // A warning is a value that means something else than it says, such as an unknown !tag.
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) {
    throw new ConfigError("CONFIG_YAML", problem.message.split("\n")[0] ?? problem.code, {
      file,
      ...position(problem.pos[0]),
    });
  }
  return {
    file,
    value: plainValue(document, file),
    locate(path) {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length) as (string | number)[], true);
        if (isNode(node) && node.range) return position(node.range[0]);
      }
      return undefined;
    },
  };
}

function parsed(text: string, file: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, { lineCounter });
  } catch (cause) {
    throw unreadable(cause, file);
  }
}

/** The library counts what aliases repeat, and throws errors of JavaScript's own. */
function plainValue(document: Document, file?: string): unknown {
  try {
    return document.toJS({ maxAliasCount: limits.yamlAliases }) as unknown;
  } catch (cause) {
    throw unreadable(cause, file);
  }
}

function unreadable(cause: unknown, file?: string): ConfigError {
  const { message, name } = cause as Error;
  const [what, hint] = message.startsWith("Excessive alias")
    ? ["aliases repeat too much", `at most ${limits.yamlAliases} values: write them out`]
    : name === "RangeError"
      ? ["is nested too deeply", "no setting has more than ten levels"]
      : [message, "an alias (*name) needs its anchor (&name) before it"];
  return new ConfigError("CONFIG_YAML", what!, { ...(file && { file }), hint: hint!, cause });
}

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `value` with what only `defaults` has. */
export function beneath(value: Record<string, unknown>, defaults: object): Record<string, unknown> {
  const out = { ...value };
  for (const [key, fallback] of Object.entries(defaults)) {
    const own = out[key];
    if (own === undefined) out[key] = fallback;
    else if (isMapping(own) && isMapping(fallback)) out[key] = beneath(own, fallback);
  }
  return out;
}

/** A key that the schema would pass over in silence. */
function refusePrototypes({ file, value, locate }: Source): void {
  const visit = (part: unknown, path: readonly string[]): void => {
    if (typeof part !== "object" || part === null) return;
    for (const [key, inner] of Object.entries(part)) {
      const own = [...path, key];
      if (key === "__proto__") {
        throw new ConfigError("CONFIG_INVALID", `${own.join(".")}: '__proto__' can't be a name`, {
          file,
          ...locate(own),
        });
      }
      visit(inner, own);
    }
  };
  visit(value, []);
}

function explain(
  issues: readonly z.core.$ZodIssue[],
  schema: z.ZodType,
  source: Source,
  overrides: readonly string[],
): ConfigError {
  const first = issues[0]!;
  const unknown = first.code === "unrecognized_keys" ? first.keys[0] : undefined;
  const path = unknown === undefined ? first.path : [...first.path, unknown];
  const place = source.locate(path);
  const others = issues.length > 1 ? `; and ${issues.length - 1} more problem(s)` : "";
  const name = path.map(String).join(".");
  const override = overrides.find((text) => `${name}.`.startsWith(`${pathOf(text)}.`));
  const message = wording(first, schema);
  if (override !== undefined) {
    return new ConfigError("CONFIG_INVALID", `--set ${override}: ${message}${others}`, {
      path: name,
    });
  }
  return new ConfigError("CONFIG_INVALID", `${name || "(top level)"}: ${message}${others}`, {
    file: source.file,
    path: name,
    ...place,
  });
}

/**
 * An issue in words: what is missing is said to be, and an unknown key comes with those that are
 * known.
 */
function wording(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(z.toJSONSchema(schema, { io: "input" }), issue.path);
    const [key] = issue.keys;
    return known.length === 0
      ? issue.message
      : `${issue.message}; known here: ${nearestFirst(key!, known).join(", ")}`;
  }
  const missing = issue.code === "invalid_type" && / received undefined$/.test(issue.message);
  return missing ? `is missing: ${issue.expected} expected` : issue.message;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * Names that an object at `path` may have; of several forms, those of the first that has the path.
 */
function knownKeys(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  for (const form of [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) {
    if (typeof form === "boolean") continue;
    const [key, ...rest] = path;
    if (key === undefined) {
      if (form.properties) return Object.keys(form.properties);
      continue;
    }
    const inner = form.properties?.[String(key)] ?? form.additionalProperties;
    if (typeof inner !== "object") continue;
    const found = knownKeys(inner, rest);
    if (found.length > 0) return found;
  }
  return [];
}

/** Most letters in common first: a slip of the finger keeps nearly all of them. */
function nearestFirst(key: string, known: readonly string[]): string[] {
  const letters = (text: string) => [...text].sort();
  const shared = (other: string): number => {
    const own = letters(key);
    const both = letters(other).filter((letter) => {
      const at = own.indexOf(letter);
      return at >= 0 && own.splice(at, 1).length > 0;
    });
    return (2 * both.length) / (key.length + other.length);
  };
  return known.toSorted((a, b) => shared(b) - shared(a));
}

/** Dotted path that an override sets. */
export const pathOf = (override: string): string => override.slice(0, override.indexOf("="));

function applyOverride(value: unknown, override: string): unknown {
  const path = pathOf(override);
  const document = parseDocument(override.slice(path.length + 1));
  if (!override.includes("=") || path === "" || document.errors.length > 0) {
    throw new ConfigError("CONFIG_OVERRIDE", `'${override}' is not of the form path=value`, {
      hint: "for example --set rl.steps=20; the value is read as YAML",
    });
  }
  return setIn(value, path.split("."), plainValue(document));
}

function setIn(value: unknown, path: readonly string[], leaf: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return leaf;
  const object =
    value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
  return { ...object, [key]: setIn(object[key], rest, leaf) };
}
