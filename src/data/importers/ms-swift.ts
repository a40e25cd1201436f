import { DataError } from "../../core/errors.ts";
import { parseResponse } from "../../cues/response.ts";
import { isObject } from "../tables/jsonl.ts";
import { columnsOf, type ListRecord, placeOf } from "../tables/table.ts";
import { hasColumns, type ImportedList, type Importer } from "./importer.ts";

/**
 * Rows of ms-swift (`messages`, `videos`, `audios`), written by `oppo export ms-swift` or by
 * others; roles of ShareGPT are known, too. The reference is a column where one holds it
 * (`reference`), else the assistant's last turn; a `solution` that is no reasoning is a label.
 */
export const msSwiftImporter: Importer = {
  format: "ms-swift",
  meaning: "messages, videos and audios, as ms-swift and LLaMA-Factory read them",
  expects: "messages in every row",
  recognises: (list) => hasColumns(list, "messages"),
  read({ path, table }): ImportedList {
    const records = table!.records.map((record) => toRecord(record, path));
    const notes = [...table!.notes, "relative paths are read from the list's folder"];
    const relative = records.some(({ fields }) => /^[^/]/.test(String(fields.video ?? "")));
    return { columns: columnsOf(records), records, notes: relative ? notes : table!.notes };
  },
};

interface Turn {
  role: string;
  content: string;
}

function toRecord(record: ListRecord, file: string): ListRecord {
  const { messages, videos, audios, solution, label, labels, cues: _made, ...rest } = record.fields;
  const refuse = (message: string): never => {
    throw new DataError("LIST_VALUE", message, placeOf(record, file));
  };
  const turns = turnsOf(messages) ?? refuse("messages: is not a list of turns of a conversation");
  const last = (...roles: string[]) => turns.findLast(({ role }) => roles.includes(role))?.content;
  const medium = (name: string, paths: unknown): object => {
    if (paths === undefined || paths === null) return {};
    const all = Array.isArray(paths) ? paths : [paths];
    if (all.length > 1) refuse(`${name}s: names ${all.length} files: a clip has one`);
    if (all.length === 0) return {};
    const path: unknown = isObject(all[0]) ? all[0][name] : all[0];
    return typeof path === "string" ? { [name]: path } : refuse(`${name}s: is not a list of paths`);
  };
  const question = last("user", "human")
    ?.replaceAll(/<(?:video|audio|image)>/g, "")
    .trim();
  const answered = last("assistant", "gpt");
  const { reference, answer } = solved(solution);
  const text = rest.reference ?? answered ?? reference;
  const right = labels ?? label ?? answer;
  const fields = {
    ...rest,
    ...medium("video", videos),
    ...medium("audio", audios),
    ...(question && { question }),
    ...(text !== undefined && { reference: text }),
    ...(right !== undefined && { label: right }),
  };
  if (!("video" in fields) && !("audio" in fields) && record.fields.images !== undefined) {
    refuse("has images and neither videos nor audios: a clip is a film");
  }
  return { ...record, fields };
}

function turnsOf(messages: unknown): Turn[] | undefined {
  if (!Array.isArray(messages)) return undefined;
  const turns = messages.map((turn: unknown) => {
    if (!isObject(turn)) return undefined;
    const role = turn.role ?? turn.from;
    const content = turn.content ?? turn.value;
    return typeof role === "string" && typeof content === "string" ? { role, content } : undefined;
  });
  return turns.every((turn) => turn !== undefined) ? turns : undefined;
}

/**
 * `solution` of GRPO data sets: reasoning with its answer, an answer in its tags, or a bare label.
 */
function solved(solution: unknown): { reference?: string; answer?: unknown } {
  if (typeof solution !== "string") return solution === undefined ? {} : { answer: solution };
  const { think, answer } = parseResponse(solution);
  if (think !== null) return { reference: solution };
  return { answer: answer?.text.trim() ?? solution.trim() };
}
