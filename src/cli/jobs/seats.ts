import { availableParallelism } from "node:os";
import type { Experiment } from "../../config/schema.ts";
import { defaultThreads } from "../../policy/embedded/threads.ts";
import type { Seats } from "./schedule.ts";

/**
 * How stages share this machine: one for each core, as far as memory allows. Each process holds all
 * clips, as this one does by now: its own memory says what another one needs.
 * @param asked stages at a time that somebody asked for; 1: one after another, in this process.
 */
export function seatsFor(
  { threads }: Experiment["executor"],
  asked: number | undefined,
  machine = thisMachine(),
): Seats {
  const { cores } = machine;
  const room = Math.max(1, Math.floor(machine.freeBytes / machine.stageBytes));
  const jobs = asked ?? Math.min(room, Math.max(1, Math.floor(cores / (threads ?? 1))));
  if (jobs === 1) return { jobs, cores, threads: threads ?? defaultThreads() };
  return { jobs, cores: Math.max(cores, jobs * (threads ?? 1)), ...(threads && { threads }) };
}

const thisMachine = () => ({
  cores: availableParallelism(),
  freeBytes: process.availableMemory(),
  stageBytes: process.memoryUsage.rss(),
});
