import type { Flag } from "./flags.ts";

/** A word that the shell takes as it is. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command over several lines, one flag each. */
export function command(
  words: string,
  flags: readonly Flag[],
  raw: readonly string[] = [],
): string {
  const lines = [...flags.map(([name, value]) => `--${name} ${quoted(String(value))}`), ...raw];
  return [words, ...lines].join(" \\\n  ");
}

/** A bash script that stops at the first failure. `here` is its own folder. */
export function script(comment: string, body: readonly string[]): string {
  const head = [
    "#!/usr/bin/env bash",
    `# ${comment}`,
    "set -euo pipefail",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash's own
    'here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"',
  ];
  return `${[...head, ...body].join("\n")}\n`;
}
