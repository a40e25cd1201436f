import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readJson, writeJson } from "../core/files.ts";
import type { SystemLayout } from "./layout.ts";

/** Anything that writes itself into a folder and comes back from it; a policy, for one. */
export interface Restorable {
  save(folder: string): Promise<void>;
  load(folder: string): Promise<void>;
}

interface Pointer<State> {
  step: number;
  folder: string;
  state: State;
}

/**
 * Saves a policy and the trainer's state together. The pointer file is written last and whole, so a
 * kill at any moment leaves the previous checkpoint valid.
 */
export async function saveCheckpoint<State>(
  layout: SystemLayout,
  policy: Restorable,
  step: number,
  state: State,
): Promise<void> {
  const previous = readPointer<State>(layout);
  const folder = `step-${step}`;
  await policy.save(join(layout.checkpoint, folder));
  writeJson(pointerFile(layout), { step, folder, state } satisfies Pointer<State>);
  if (previous && previous.folder !== folder) {
    rmSync(join(layout.checkpoint, previous.folder), { recursive: true, force: true });
  }
}

/** Loads the newest checkpoint into `policy`; undefined when there is none. */
export async function resumeCheckpoint<State>(
  layout: SystemLayout,
  policy: Restorable,
): Promise<{ step: number; state: State } | undefined> {
  const pointer = readPointer<State>(layout);
  if (!pointer) return undefined;
  await policy.load(join(layout.checkpoint, pointer.folder));
  return { step: pointer.step, state: pointer.state };
}

/** Where the newest checkpoint lies, in `layout.checkpoint`; undefined when there is none. */
export function newestCheckpoint(
  layout: SystemLayout,
): { step: number; folder: string } | undefined {
  return readPointer(layout);
}

const pointerFile = (layout: SystemLayout): string => join(layout.checkpoint, "newest.json");

function readPointer<State>(layout: SystemLayout): Pointer<State> | undefined {
  const file = pointerFile(layout);
  return existsSync(file) ? readJson<Pointer<State>>(file) : undefined;
}
