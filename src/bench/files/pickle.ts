import { safeNumber } from "../../arrays/dtype.ts";
import { type ValueBudget, valueBudget } from "../../arrays/numpy-array.ts";
import { BenchError } from "../../core/errors.ts";
import { PickleCursor } from "./pickle-cursor.ts";
import { build, findGlobal, finished, malformed, reduce } from "./pickle-globals.ts";
import { checkExpanded } from "./pickle-size.ts";

interface Machine {
  budget: ValueBudget;
  cursor: PickleCursor;
  stack: unknown[];
  /** Stack heights at open marks. */
  marks: number[];
  memo: Map<number, unknown>;
}

type Step = (machine: Machine) => void;

/**
 * Reads a pickle (protocols 2–5) of numpy arrays, dicts, lists, tuples, sets, text, bytes and
 * numbers. Dicts come as `Map`, tuples and lists as arrays, numpy arrays as (nested) lists. Nothing
 * is executed: names outside a short list are refused.
 * @throws BenchError `PICKLE_GLOBAL`, `PICKLE_OPCODE`, `PICKLE_SHORT`, `PICKLE_MALFORMED`,
 *   `PICKLE_TEXT`; DataError `ARRAY_LARGE`
 */
export function readPickle(bytes: Uint8Array, budget: ValueBudget = valueBudget()): unknown {
  const machine: Machine = {
    budget,
    cursor: new PickleCursor(bytes),
    stack: [],
    marks: [],
    memo: new Map(),
  };
  for (;;) {
    const code = machine.cursor.byte();
    if (code === stop) {
      const value = finished(pop(machine));
      checkExpanded(value, budget);
      return value;
    }
    const step = opcodes.get(code);
    if (step === undefined) {
      const at = machine.cursor.position - 1;
      throw new BenchError("PICKLE_OPCODE", `opcode 0x${code.toString(16)} at byte ${at}`, {
        hint: "only what numpy writes in protocols 2 to 5 is read",
      });
    }
    step(machine);
  }
}

const stop = 0x2e;

const push =
  (read: (cursor: PickleCursor) => unknown): Step =>
  ({ cursor, stack }) => {
    stack.push(read(cursor));
  };

const tuple =
  (size: number): Step =>
  (machine) => {
    const items = Array.from({ length: size }, () => finished(pop(machine))).reverse();
    machine.stack.push(items);
  };

const remember =
  (key: (cursor: PickleCursor, memo: Map<number, unknown>) => number): Step =>
  ({ cursor, stack, memo }) => {
    if (stack.length === 0) throw malformed("remembers nothing");
    memo.set(key(cursor, memo), stack.at(-1));
  };

const recall =
  (key: (cursor: PickleCursor) => number): Step =>
  ({ cursor, stack, memo }) => {
    const at = key(cursor);
    if (!memo.has(at)) throw malformed("recalls something it never held");
    stack.push(memo.get(at));
  };

const opcodes: ReadonlyMap<number, Step> = new Map<number, Step>([
  [0x80, ({ cursor }) => void cursor.byte()], // PROTO
  [0x95, ({ cursor }) => void cursor.length64()], // FRAME
  [0x28, ({ stack, marks }) => void marks.push(stack.length)], // MARK
  [0x30, (machine) => void pop(machine)], // POP
  [0x31, (machine) => void popMark(machine)], // POP_MARK
  [0x4e, push(() => null)], // NONE
  [0x88, push(() => true)], // NEWTRUE
  [0x89, push(() => false)], // NEWFALSE
  [0x4a, push((cursor) => cursor.int32())], // BININT
  [0x4b, push((cursor) => cursor.byte())], // BININT1
  [0x4d, push((cursor) => cursor.uint16())], // BININT2
  [0x8a, push((cursor) => safeNumber(cursor.long(cursor.byte())))], // LONG1
  [0x8b, push((cursor) => safeNumber(cursor.long(cursor.uint32())))], // LONG4
  [0x47, push((cursor) => cursor.float64BigEndian())], // BINFLOAT
  [0x8c, push((cursor) => cursor.utf8(cursor.byte()))], // SHORT_BINUNICODE
  [0x58, push((cursor) => cursor.utf8(cursor.uint32()))], // BINUNICODE
  [0x8d, push((cursor) => cursor.utf8(cursor.length64()))], // BINUNICODE8
  [0x55, push((cursor) => cursor.latin1(cursor.byte()))], // SHORT_BINSTRING
  [0x54, push((cursor) => cursor.latin1(cursor.uint32()))], // BINSTRING
  [0x43, push((cursor) => cursor.bytes(cursor.byte()))], // SHORT_BINBYTES
  [0x42, push((cursor) => cursor.bytes(cursor.uint32()))], // BINBYTES
  [0x8e, push((cursor) => cursor.bytes(cursor.length64()))], // BINBYTES8
  [0x96, push((cursor) => cursor.bytes(cursor.length64()))], // BYTEARRAY8
  [0x5d, push(() => [])], // EMPTY_LIST
  [0x7d, push(() => new Map())], // EMPTY_DICT
  [0x8f, push(() => new Set())], // EMPTY_SET
  [0x29, push(() => [])], // EMPTY_TUPLE
  [0x85, tuple(1)],
  [0x86, tuple(2)],
  [0x87, tuple(3)],
  [0x74, (machine) => void machine.stack.push(popMark(machine).map(finished))], // TUPLE
  [0x91, (machine) => void machine.stack.push(new Set(popMark(machine)))], // FROZENSET
  [0x61, (machine) => append(machine, [pop(machine)])], // APPEND
  [0x65, (machine) => append(machine, popMark(machine))], // APPENDS
  [0x73, (machine) => setItems(machine, [pop(machine), pop(machine)].reverse())], // SETITEM
  [0x75, (machine) => setItems(machine, popMark(machine))], // SETITEMS
  [0x90, addItems],
  [0x63, push((cursor) => findGlobal(cursor.line(), cursor.line()))], // GLOBAL
  [0x93, stackGlobal],
  [0x52, callReduce], // REDUCE
  [0x62, callBuild], // BUILD
  [0x71, remember((cursor) => cursor.byte())], // BINPUT
  [0x72, remember((cursor) => cursor.uint32())], // LONG_BINPUT
  [0x94, remember((_, memo) => memo.size)], // MEMOIZE
  [0x68, recall((cursor) => cursor.byte())], // BINGET
  [0x6a, recall((cursor) => cursor.uint32())], // LONG_BINGET
]);

function pop({ stack, marks }: Machine): unknown {
  if (stack.length <= (marks.at(-1) ?? 0)) throw malformed("takes from an empty stack");
  return stack.pop();
}

function popMark({ stack, marks }: Machine): unknown[] {
  const mark = marks.pop();
  if (mark === undefined) throw malformed("closes a group that was never opened");
  return stack.splice(mark);
}

function append({ stack }: Machine, items: readonly unknown[]): void {
  const list = stack.at(-1);
  if (!Array.isArray(list)) throw malformed("appends to something that is no list");
  for (const item of items) list.push(finished(item));
}

function setItems({ stack }: Machine, items: readonly unknown[]): void {
  const dict = stack.at(-1);
  if (!(dict instanceof Map)) throw malformed("sets an item of something that is no dict");
  for (let i = 0; i + 1 < items.length; i += 2) dict.set(items[i], finished(items[i + 1]));
}

function addItems(machine: Machine): void {
  const items = popMark(machine);
  const set = machine.stack.at(-1);
  if (!(set instanceof Set)) throw malformed("adds to something that is no set");
  for (const item of items) set.add(item);
}

function stackGlobal(machine: Machine): void {
  const [name, module] = [pop(machine), pop(machine)];
  machine.stack.push(findGlobal(String(module), String(name)));
}

function callReduce(machine: Machine): void {
  const args = pop(machine);
  const callee = pop(machine);
  if (!Array.isArray(args)) throw malformed("calls without a tuple of arguments");
  machine.stack.push(reduce(callee, args, machine.budget));
}

function callBuild(machine: Machine): void {
  const state = pop(machine);
  build(machine.stack.at(-1), state, machine.budget);
}
