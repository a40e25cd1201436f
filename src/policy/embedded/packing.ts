/**
 * Index arrays between rows (tokens of all completions without gaps) and slots (a rectangle for
 * attention).
 *
 * Both sides have blanks: slots without a token show the last row, rows without a token the last
 * slot that has none. There is always one of each, so a blank never shows anything real, and as
 * nothing real attends to a blank either, the two index arrays are each other's inverse wherever it
 * matters.
 */

/**
 * How many tokens each completion has: `lengths[p * group + g]`; 0 where there is no completion.
 */
export interface Rectangle {
  prompts: number;
  group: number;
  /** Slots of each completion. */
  width: number;
  lengths: readonly number[];
}

/** Rows and slots by plain numbers, before heads multiply them. */
export interface Packing extends Rectangle {
  /** Number of rows, blanks included. */
  rows: number;
  /** Row of each slot (p, g, t). */
  rowOf: Int32Array;
  /** Slot of each row. */
  slotOf: Int32Array;
}

/** Rows in the order of slots. `rows` must exceed the number of tokens, and so must the slots. */
export function pack(rectangle: Rectangle, rows: number): Packing {
  const { prompts, group, width, lengths } = rectangle;
  const slots = prompts * group * width;
  const rowOf = new Int32Array(slots).fill(rows - 1);
  const slotOf = new Int32Array(rows);
  let row = 0;
  let blank = -1;
  for (let slot = 0; slot < slots; slot++) {
    if (slot % width < (lengths[Math.floor(slot / width)] ?? 0)) {
      rowOf[slot] = row;
      slotOf[row++] = slot;
    } else blank = slot;
  }
  slotOf.fill(blank, row);
  return { ...rectangle, rows, rowOf, slotOf };
}

/** Index arrays of `parts` (queries, keys, values …) times `heads` vectors a token. */
export interface HeadIndices {
  /** For slots (part, p, head, g, t): its row (n, part, head), flat. */
  slots: Int32Array;
  /** For rows (n, part, head): its slot, flat. */
  rows: Int32Array;
}

export function headIndices(packing: Packing, heads: number, parts: number): HeadIndices {
  const { prompts, group, width, rows, rowOf, slotOf } = packing;
  const perPrompt = group * width;
  const slots = new Int32Array(parts * prompts * heads * perPrompt);
  const back = new Int32Array(rows * parts * heads);
  // where a slot lies for the first part and head; the others follow at a constant distance
  const first = rowOf.map(
    (_, slot) => slot + Math.floor(slot / perPrompt) * (heads - 1) * perPrompt,
  );
  for (let part = 0; part < parts; part++) {
    for (let head = 0; head < heads; head++) {
      const distance = (part * prompts * heads + head) * perPrompt;
      const vector = part * heads + head;
      for (let slot = 0; slot < rowOf.length; slot++) {
        slots[(first[slot] as number) + distance] =
          (rowOf[slot] as number) * parts * heads + vector;
      }
      for (let row = 0; row < rows; row++) {
        back[row * parts * heads + vector] = (first[slotOf[row] as number] as number) + distance;
      }
    }
  }
  return { slots, rows: back };
}
