/** Worker threads that run TypeScript, and errors that keep their kind on the way back. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { type ErrorDetails, errorClasses, OppoError } from "./errors.ts";

/**
 * Starts a module of ours on a thread of its own. Node's loader hooks do not reach new threads:
 * each registers tsx itself, however this thread was started (tsx, vitest).
 */
export function startThread(module: URL): Worker {
  // `require` finds the CommonJS build; its ESM twin is the one that works in a thread.
  const commonjs = createRequire(import.meta.url).resolve("tsx/esm/api");
  const tsx = pathToFileURL(commonjs.replace(/\.cjs$/, ".mjs")).href;
  const start = `import(${JSON.stringify(tsx)}).then((tsx) => (tsx.register(), import(${JSON.stringify(module.href)})));`;
  return new Worker(start, { eval: true, execArgv: [] });
}

/** An error in a form that survives the boundary between threads. */
export interface SentError {
  kind: string;
  code: string;
  message: string;
  details: ErrorDetails;
}

export function sendError(error: OppoError): SentError {
  const { cause: _unclonable, ...details } = error.details;
  return { kind: error.name, code: error.code, message: error.message, details };
}

/** The error as it was thrown on the other thread. */
export function receiveError({ kind, code, message, details }: SentError): OppoError {
  const Kind = errorClasses.find(({ name }) => name === kind) ?? OppoError;
  const error = new Kind(code, message, details);
  // the message already holds place and hint
  error.message = message;
  return error;
}
