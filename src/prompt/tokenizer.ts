import { PolicyError } from "../core/errors.ts";

/** Token ids with the character range each came from (UTF-16 code units, end exclusive). */
export interface Encoding {
  ids: number[];
  offsets: TokenOffset[];
}

export interface TokenOffset {
  start: number;
  end: number;
}

/** Text ↔ tokens. `decode(encode(x).ids)` is `x` for text made of known words. */
export interface Tokenizer {
  readonly size: number;
  readonly bos: number;
  readonly eos: number;
  readonly pad: number;
  encode(text: string): Encoding;
  /**
   * Text of the tokens and each token's character range in it; special tokens give empty ranges.
   */
  decode(ids: ArrayLike<number>): { text: string; offsets: TokenOffset[] };
}

const specials = ["<pad>", "<bos>", "<eos>", "<unk>"] as const;
/** A tag, a word with its leading space, or a mark: joining the pieces gives the text back. */
const piece = /<\/?[a-z]+>| ?[A-Za-z0-9]+(?:['’-][A-Za-z0-9]+)*|\s|[^\sA-Za-z0-9]/g;

/**
 * Word tokenizer of the embedded policy. A word's token holds its leading space (as GPT-2's does),
 * so that decoding is concatenation and character offsets are exact.
 */
export class WordTokenizer implements Tokenizer {
  readonly size: number;
  readonly pad = 0;
  readonly bos = 1;
  readonly eos = 2;
  private readonly unknown = 3;
  readonly pieces: readonly string[];
  private readonly ids: ReadonlyMap<string, number>;

  constructor(pieces: readonly string[]) {
    this.pieces = pieces;
    this.ids = new Map(pieces.map((text, index) => [text, index]));
    this.size = pieces.length;
    if (specials.some((text, index) => pieces[index] !== text)) {
      throw new PolicyError("TOKENIZER", "vocabulary does not begin with the special tokens");
    }
  }

  /** Vocabulary of the given texts, in order of code points (independent of the texts' order). */
  static fromTexts(texts: Iterable<string>): WordTokenizer {
    const seen = new Set<string>();
    for (const text of texts) for (const match of text.matchAll(piece)) seen.add(match[0]);
    return new WordTokenizer([...specials, ...[...seen].sort()]);
  }

  encode(text: string): Encoding {
    const ids: number[] = [];
    const offsets: TokenOffset[] = [];
    for (const match of text.matchAll(piece)) {
      ids.push(this.ids.get(match[0]) ?? this.unknown);
      offsets.push({ start: match.index, end: match.index + match[0].length });
    }
    return { ids, offsets };
  }

  decode(ids: ArrayLike<number>): { text: string; offsets: TokenOffset[] } {
    let text = "";
    const offsets: TokenOffset[] = [];
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] as number;
      const start = text.length;
      if (id === this.unknown) text += "\uFFFD";
      else if (id >= specials.length) text += this.pieces[id] ?? "\uFFFD";
      offsets.push({ start, end: text.length });
    }
    return { text, offsets };
  }
}
