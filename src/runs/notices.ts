import { existsSync } from "node:fs";
import { readJsonl } from "../core/jsonl.ts";
import { openRowLog } from "../core/row-log.ts";

/**
 * What a notice is about. A `finding` concerns what the run's numbers mean; a `resume` says where a
 * killed training goes on, to the same numbers.
 */
export type NoticeKind = "finding" | "resume";

/** Tells people something; a finding unless it says otherwise. */
export type Notice = (text: string, kind?: NoticeKind) => void;

interface NoticeLine {
  /** ISO 8601. */
  at: string;
  text: string;
  /** Absent for findings. */
  kind?: NoticeKind;
}

/** Writes notices to a file that keeps all of them, with their times. */
export function noticeRecorder(file: string): Notice {
  const { append } = openRowLog(file, (value) => value as NoticeLine);
  return (text, kind) => {
    const said = kind === "resume" ? { kind } : {};
    append([{ at: new Date().toISOString(), text, ...said }]);
  };
}

/**
 * The findings in a file of notices, each once and in order, so that a run's report does not depend
 * on how often the run was killed: steps taken again find the same things again.
 * @throws OppoError `JSONL_LINE`
 */
export function readFindings(file: string): string[] {
  if (!existsSync(file)) return [];
  const findings = readJsonl<NoticeLine>(file).filter(({ kind }) => kind !== "resume");
  return [...new Set(findings.map(({ text }) => text))];
}
