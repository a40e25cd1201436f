import { hasColumns, type ImportedList, type Importer } from "./importer.ts";

/**
 * EMER's tables. Version 2: `name, chinese, english`; some texts begin with a leaked "Input: ".
 * Version 1: `names, emotions, subtitles, reasons`.
 */
export const emerImporter: Importer = {
  format: "emer",
  meaning: "EMER's CSV: name, chinese, english; or names, emotions, subtitles, reasons",
  expects: "columns name, chinese and english, or names, emotions, subtitles and reasons",
  recognises: (list) =>
    hasColumns(list, "name", "chinese", "english") ||
    hasColumns(list, "names", "emotions", "subtitles", "reasons"),
  read({ table }): ImportedList {
    const column = table!.columns.includes("english") ? "english" : "reasons";
    let leaked = 0;
    const records = table!.records.map((record) => {
      const text = record.fields[column];
      if (typeof text !== "string" || !leak.test(text)) return record;
      leaked++;
      return { ...record, fields: { ...record.fields, [column]: text.replace(leak, "") } };
    });
    const said = leaked === 0 ? [] : [`"Input: " before ${leaked} texts was left away`];
    return { columns: table!.columns, records, notes: [...table!.notes, ...said] };
  },
};

const leak = /^\s*Input:\s*/;
