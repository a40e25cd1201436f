/** Markup that is already safe to insert. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type Piece = Html | string | number | null | undefined | false | readonly Piece[];

/**
 * Builds markup; everything inserted is escaped unless it is `Html`. Lists are joined, `null`,
 * `undefined` and `false` leave nothing.
 */
export function html(strings: TemplateStringsArray, ...pieces: Piece[]): Html {
  return new Html(
    strings.reduce((out, text, index) => `${out}${insert(pieces[index - 1])}${text}`),
  );
}

function insert(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return "";
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "string" || typeof piece === "number") return escapeText(String(piece));
  return piece.map(insert).join("");
}

/** For text and for quoted attributes. */
function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** JSON for a data attribute (escaped when inserted). */
export function attributeJson(value: unknown): string {
  return JSON.stringify(value);
}

/** Colour of a system's rows, lines and dots: a class that sets `--system`. */
export const systemClass = (index: number): string => `s${index % 8}`;

/** SVG coordinates need no more. */
export const coordinate = (value: number): string => String(Math.round(value * 10) / 10);
