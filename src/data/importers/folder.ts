import { DataError } from "../../core/errors.ts";
import { withoutEnding } from "../files/endings.ts";
import { knownEndings } from "../files/find-media.ts";
import { folderFiles } from "../files/folder.ts";
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
    if (files.length === 0) {
      throw new DataError("LIST_EMPTY", "the folder holds no clips", {
        file: path,
        hint: `clips end in ${knownEndings("video")}; give a list of clips, or the folder of them`,
      });
    }
    const left = videos.length > 0 ? audios.length : 0;
    const notes = ["no list: there are no references, labels or groups"];
    if (left > 0)
      notes.push(`${left} files of sound beside the films are not read (--audios FOLDER)`);
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
