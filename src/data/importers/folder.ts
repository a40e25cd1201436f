import { readdirSync } from "node:fs";
import { extname } from "node:path";
import { DataError } from "../../core/errors.ts";
import { shortList } from "../columns.ts";
import { withoutEnding } from "../files/endings.ts";
import { knownEndings } from "../files/find-media.ts";
import { folderFiles } from "../files/folder.ts";
import { tableEndings } from "../tables/read-table.ts";
import type { Importer } from "./importer.ts";

/** A folder of clips with no list at all: one row a film, or a sound where there are no films. */
export const folderImporter: Importer = {
  format: "folder",
  meaning: "a folder of clips without a list: ids from the files' names, no references",
  expects: "a folder",
  recognises: ({ table }) => table === undefined,
  read({ path }) {
    const videos = folderFiles(path, "video").files;
    const audios = folderFiles(path, "audio").files;
    const column = videos.length > 0 ? "video" : "audio";
    const files = videos.length > 0 ? videos : audios;
    const lists = listsIn(path);
    if (files.length === 0) {
      const clips = `clips end in ${knownEndings("video")}`;
      throw new DataError("LIST_EMPTY", "the folder holds no clips", {
        file: path,
        hint: lists.length > 0 ? `give the list: ${shortList(lists, 3)}` : clips,
      });
    }
    const left = videos.length > 0 ? audios.length : 0;
    const notes = ["no list: there are no references, labels or groups"];
    if (left > 0)
      notes.push(`${left} files of sound beside the films are not read (--audios FOLDER)`);
    if (lists.length > 0) {
      notes.push(`${shortList(lists, 3)} in the folder is not read: give the list, not the folder`);
    }
    return {
      columns: ["clip_id", column],
      records: files.map((file) => ({
        fields: { clip_id: withoutEnding(file), [column]: file },
      })),
      notes,
      base: path,
      content: files.join("\n"),
    };
  },
};

/** Tables in the folder itself, which somebody who gives the folder may expect to be read. */
const listsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => tableEndings.includes(extname(name).toLowerCase()))
    .sort();
