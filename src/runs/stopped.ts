import { existsSync } from "node:fs";
import { join } from "node:path";
import { GuardError } from "../core/errors.ts";
import { readJson, writeJson } from "../core/files.ts";
import { newestCheckpoint } from "./checkpoint.ts";
import type { SystemLayout } from "./layout.ts";
import { readMetrics } from "./record.ts";

/** `stopped.json`: a guard ended the training of a system for good; the same again would, too. */
export interface Stop {
  /** The step at which the guard acted, from 1. */
  step: number;
  code: string;
  message: string;
}

/** Writes down that a guard has stopped a system's training. */
export function recordStop(layout: SystemLayout, { code, message }: GuardError): void {
  const step = (readMetrics(layout).at(-1)?.step ?? 0) + 1;
  writeJson(layout.stopped, { step, code, message } satisfies Stop);
}

/** How a guard stopped a system; undefined where none did. */
export function readStop(layout: SystemLayout): Stop | undefined {
  return existsSync(layout.stopped) ? readJson<Stop>(layout.stopped) : undefined;
}

/** The guard's error again, with how to get rid of it. */
export function stopError(layout: SystemLayout, { code, message }: Stop): GuardError {
  return new GuardError(code, message, {
    hint: `stopped before; delete ${layout.stopped} to try again`,
  });
}

/** Weights that stand for a system: those that training ended with, or was stopped after. */
export interface Weights {
  folder: string;
  /** Their step, where they are the last checkpoint of a training that a guard stopped. */
  checkpoint?: number;
}

/** A system's weights; undefined while it is not trained, or was stopped before any checkpoint. */
export function weightsOf(layout: SystemLayout): Weights | undefined {
  if (existsSync(layout.final)) return { folder: layout.final };
  const newest = existsSync(layout.stopped) ? newestCheckpoint(layout) : undefined;
  if (newest === undefined) return undefined;
  return { folder: join(layout.checkpoint, newest.folder), checkpoint: newest.step };
}
