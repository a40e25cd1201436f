import "../core/globals.ts";
import { AV_LOG_FATAL, FFmpegError, Log } from "node-av";

/*
 * FFmpeg comes inside the npm package node-av. Its synchronous calls are used: a clip is a hundred
 * packets of a few microseconds each, and a hop to another thread for each would cost more than the
 * work.
 */

// What goes wrong comes back as a status and is thrown; FFmpeg's own lines on stderr name no file.
Log.setLevel(AV_LOG_FATAL);

/** @throws Error saying what was being done and FFmpeg's words, where `status` is an error. */
export function succeed(status: number, doing: string): void {
  if (status < 0) throw new Error(`${doing}: ${FFmpegError.strerror(status)}`);
}
