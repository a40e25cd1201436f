/** Endings of file names by what the files hold. */
export const endings = {
  video: [".mp4", ".mkv", ".webm", ".avi", ".mov", ".m4v", ".mpg", ".mpeg", ".wmv", ".flv"],
  audio: [".wav", ".mp3", ".m4a", ".aac", ".flac", ".ogg", ".opus"],
  features: [".npy", ".npz", ".safetensors"],
} as const;
export type FileKind = keyof typeof endings;

const all: readonly string[] = Object.values(endings).flat();

/** Whether a file is called like one of that kind. */
export function hasEnding(name: string, kind: FileKind): boolean {
  return endings[kind].some((ending) => name.toLowerCase().endsWith(ending));
}

/** A name without the ending of a media or feature file; "v1.2" has none and stays. */
export function withoutEnding(name: string): string {
  const ending = all.find((one) => name.toLowerCase().endsWith(one));
  return ending === undefined || ending.length === name.length
    ? name
    : name.slice(0, -ending.length);
}
