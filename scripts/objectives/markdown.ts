export type Row = readonly string[];

export const code = (text: string): string => `\`${text}\``;
/** LaTeX inline; a bar would end a table's cell. */
export const math = (latex: string): string => `$${latex.replaceAll("|", "\\vert ")}$`;
/** A heading of docs/method.md, from a page next to it. */
export const link = (text: string, anchor: string): string => `[${text}](method.md#${anchor})`;

/** A table of Markdown; bars in cells are escaped. */
export function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}
