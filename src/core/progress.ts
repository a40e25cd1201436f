/**
 * One report of a long step. `total` 0 means unknown. Library code takes a listener and never
 * prints.
 */
export interface Progress {
  step: string;
  done: number;
  total: number;
  /** Short values to show next to the bar, for example `{ loss: 1.2 }`. */
  values?: Readonly<Record<string, number | string>>;
}

export type ProgressListener = (progress: Progress) => void;

export const silent: ProgressListener = () => {};
