import { clipLine, importers, type VocabularyField, vocabulary } from "../src/data/index.ts";

type Row = readonly string[];

const table = (header: Row, rows: readonly Row[]): string =>
  [header, header.map(() => "---"), ...rows]
    .map((row) => `| ${row.map(visible).join(" | ")} |`)
    .join("\n");

/** A tag outside of code would be taken for HTML and not be seen. */
const visible = (text: string): string => text.replaceAll(/(?<!`)<\w+>(?!`)/g, (tag) => code(tag));

const code = (text: string): string => `\`${text}\``;

/** Tables of docs/data.md, made of what the code knows. */
function tables(): Readonly<Record<string, string>> {
  const fields = Object.entries(clipLine.shape).map(([name, field]) => [
    code(name),
    field.description ?? "",
  ]);
  const columns = Object.entries<VocabularyField>(vocabulary).map(([name, field]) => [
    code(name),
    field.option === undefined ? "" : code(field.option),
    field.meaning,
    field.names.map(code).join(" "),
  ]);
  const forms = importers.map(({ format, meaning }) => [code(format), meaning]);
  return {
    "clips.jsonl": table(["field", "what it holds"], fields),
    columns: table(["field", "option", "what it holds", "names of columns"], columns),
    forms: table(["form", "what it is"], forms),
  };
}

/**
 * The text of docs/data.md with its tables written anew: each between `<!-- name -->` and
 * `<!-- end -->`.
 */
export function withTables(text: string): string {
  return Object.entries(tables()).reduce((current, [name, content]) => {
    const place = new RegExp(`<!-- ${name.replace(".", "\\.")} -->[\\s\\S]*?<!-- end -->`);
    if (!place.test(current)) throw new Error(`no place for the table '${name}'`);
    return current.replace(place, () => `<!-- ${name} -->\n${content}\n<!-- end -->`);
  }, text);
}
