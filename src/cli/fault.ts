import { OppoError } from "../core/errors.ts";

/**
 * What people are told about an error; undefined for a fault of ours, whose stack says where it is.
 * What the system refuses (a folder that can't be written, a full disk) is nobody's fault in here.
 */
export function faultText(error: unknown): string | undefined {
  if (error instanceof OppoError) return `${error.name} ${error.code}: ${error.message}`;
  if (!(error instanceof Error && "syscall" in error && "code" in error)) return undefined;
  const path = "path" in error ? ` '${String(error.path)}'` : "";
  const what = error.message.replace(/^\w+: /, "").replace(/,? [a-z]+( '.*)?$/, "");
  return `the system refused ${String(error.syscall)}${path}: ${what} (${String(error.code)})`;
}

/**
 * A reader that has seen enough (`oppo cues … | head`) ends the command, not the stack of its
 * write.
 */
export function endWithReader(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
}
