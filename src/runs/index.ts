/** A run on disk: where files lie, how rows are appended, what a run was made with. */
export * from "./checkpoint.ts";
export * from "./layout.ts";
export type { Notice, NoticeKind } from "./notices.ts";
export * from "./record.ts";
export * from "./versions.ts";
