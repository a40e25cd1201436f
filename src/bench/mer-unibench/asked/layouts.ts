import type { MerSetId } from "../types.ts";

/**
 * Where a set's files lie below the data folder, named as their owners' preparation scripts name
 * them.
 */
export interface MerLayout {
  folder: string;
  labels: string;
  videos: string;
  audios: string;
  subtitles: string;
  /** Column of the subtitle that the official code reads. */
  subtitleColumn: "english" | "chinese" | "sentence";
  /** Who gives the data out, and under which terms. */
  source: string;
}

const merChallenge =
  "ask the organisers of the MER challenges: an end user licence agreement, research use only";
const subtitles = "transcription-engchi-polish.csv";
const cut = { labels: "label.npz", videos: "subvideo", audios: "subaudio", subtitles } as const;
const whole = { labels: "label.npz", videos: "video", audios: "audio", subtitles } as const;

/** Prepared by the scripts of MERBench (MERTools), read by AffectGPT's evaluation. */
export const merLayouts: Readonly<Record<MerSetId, MerLayout>> = {
  mer2023: {
    folder: "mer2023-dataset-process",
    ...whole,
    labels: "label-6way.npz",
    subtitleColumn: "english",
    source: merChallenge,
  },
  mer2024: {
    folder: "mer2024-dataset-process",
    ...whole,
    labels: "label-6way.npz",
    subtitles: "transcription_merge.csv",
    subtitleColumn: "chinese",
    source: merChallenge,
  },
  meld: {
    folder: "meld-process",
    ...cut,
    subtitleColumn: "english",
    source: "MELD, affective-meld.github.io (GPL-3.0; the clips are of a television series)",
  },
  iemocapfour: {
    folder: "iemocap-process",
    ...cut,
    labels: "label_4way.npz",
    videos: "subvideo-tgt",
    subtitleColumn: "english",
    source: "IEMOCAP, sail.usc.edu/iemocap: a signed licence, research use only",
  },
  cmumosi: {
    folder: "cmumosi-process",
    ...cut,
    subtitleColumn: "english",
    source: "CMU-MOSI, multicomp.cs.cmu.edu: research use, videos are their makers'",
  },
  cmumosei: {
    folder: "cmumosei-process",
    ...cut,
    videos: "subvideo_new",
    subtitleColumn: "english",
    source: "CMU-MOSEI, multicomp.cs.cmu.edu: research use, videos are their makers'",
  },
  sims: {
    folder: "sims-process",
    ...whole,
    subtitleColumn: "english",
    source: "CH-SIMS, github.com/thuiar/MMSA: research use only",
  },
  simsv2: {
    folder: "simsv2-process",
    ...whole,
    videos: "video_new",
    subtitleColumn: "english",
    source: "CH-SIMS v2, github.com/thuiar/ch-sims-v2: an application, research use only",
  },
  ovmerdplus: {
    folder: "ovmerdplus-process",
    ...whole,
    labels: "ovlabel.csv",
    subtitles: "subtitle_eng.csv",
    subtitleColumn: "sentence",
    source: merChallenge,
  },
};
