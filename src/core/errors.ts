/**
 * Where an error belongs: one class per boundary, so callers can tell a bad file from a bad config.
 */
export interface ErrorDetails {
  /** What the reader should do about it, in one sentence. */
  hint?: string;
  /** File the error is about. */
  file?: string;
  line?: number;
  column?: number;
  /** Dotted path of the offending field. */
  path?: string;
  cause?: unknown;
}

/** Base of every error OPPO raises on purpose. `code` is stable; `message` is for people. */
export class OppoError extends Error {
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    const place = [details.file, details.line, details.column].filter((part) => part !== undefined);
    const prefix = place.length > 0 ? `${place.join(":")}: ` : "";
    const suffix = details.hint ? ` (${details.hint})` : "";
    super(`${prefix}${message}${suffix}`, { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = details;
  }
}

export class ConfigError extends OppoError {}
/** Someone's clips, lists or files of features cannot be used as they are. */
export class DataError extends OppoError {}
export class MediaError extends OppoError {}
export class CueError extends OppoError {}
export class SimilarityError extends OppoError {}
export class RewardError extends OppoError {}
export class LossError extends OppoError {}
export class PolicyError extends OppoError {}
export class RunError extends OppoError {}
export class BenchError extends OppoError {}
/** A model server did not give a usable answer. */
export class EndpointError extends OppoError {}
export class ServiceError extends OppoError {}
/** A guard stopped a run: the run would have gone on learning nothing, silently. */
export class GuardError extends OppoError {}

/** All of them: an error that came from another thread is made again by its name. */
export const errorClasses: readonly (typeof OppoError)[] = [
  ConfigError,
  DataError,
  MediaError,
  CueError,
  SimilarityError,
  RewardError,
  LossError,
  PolicyError,
  RunError,
  BenchError,
  EndpointError,
  ServiceError,
  GuardError,
];
