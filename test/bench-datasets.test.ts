import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { merSetsIn, readMerTestSet, readMerTruth } from "../src/bench/mer-unibench/asked/data.ts";
import { merLayouts } from "../src/bench/mer-unibench/asked/layouts.ts";
import { merSets } from "../src/bench/mer-unibench/sets.ts";
import type { MerSetId } from "../src/bench/mer-unibench/types.ts";
import { mmeTasksIn, needClips, readMmeTask } from "../src/bench/mme-emotion/asked/data.ts";

const fixtures = join(import.meta.dirname, "../src/bench/files/fixtures");
let folder: string;
const at = (...names: string[]) => join(folder, ...names);

function put(file: string, text = ""): void {
  mkdirSync(dirname(at(file)), { recursive: true });
  writeFileSync(at(file), text);
}

/** Test samples of the label fixtures. */
const ids: Readonly<Record<string, string[]>> = {
  "label-6way.npz": ["s1", "s2"],
  "label-whole.npz": ["Ses05F_impro01_F000", "Ses05M_script01_F001"],
  "label-test.npz": ["s1", "s2"],
  "ovlabel.csv": ["s1", "s2"],
};

/** The nine sets as their owners' scripts lay them out. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-datasets-"));
  for (const { id } of merSets) {
    const { folder: name, labels, videos, audios, subtitles, subtitleColumn } = merLayouts[id];
    const fixture = id === "iemocapfour" ? "label-whole.npz" : labels;
    const source = fixture === "label.npz" ? "label-test.npz" : fixture;
    if (labels.endsWith(".csv"))
      put(join(name, labels), 'name,openset\ns1,"[happy, proud]"\ns2,[]\n');
    else {
      mkdirSync(at(name), { recursive: true });
      copyFileSync(join(fixtures, source), at(name, labels));
    }
    const own = ids[source]!;
    for (const sample of own) {
      put(join(name, videos, `${sample}.mp4`));
      put(join(name, audios, `${sample}.wav`));
    }
    put(
      join(name, subtitles),
      `name,${subtitleColumn}\n${own[0]},"Yes, ""really""."\n${own[1]},nan\n`,
    );
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const truths: Readonly<Record<MerSetId, (string | number)[]>> = {
  mer2023: ["happy", "sad"],
  mer2024: ["happy", "sad"],
  meld: ["joy", "fear"],
  iemocapfour: ["neutral", "happy"],
  cmumosi: [Math.fround(-1.4), 0],
  cmumosei: [Math.fround(-1.4), 0],
  sims: [Math.fround(-1.4), 0],
  simsv2: [Math.fround(-1.4), 0],
  ovmerdplus: ["[happy, proud]", "neutral"],
};

describe("test sets of MER-UniBench", () => {
  it("are found by their folders", () => {
    expect(merSetsIn(folder)).toEqual(merSets.map(({ id }) => id));
    expect(merSetsIn(at("nowhere"))).toEqual([]);
  });

  it.each(merSets.map(({ id }) => id))("%s: truth, clips, sound and subtitles", async (set) => {
    const { samples } = await readMerTestSet(folder, set);
    const { folder: name, videos, audios } = merLayouts[set];
    expect(samples.map(({ truth }) => truth)).toEqual(truths[set]);
    expect(samples.map(({ subtitle }) => subtitle)).toEqual(['Yes, "really".', ""]);
    const [first] = samples;
    expect(first!.media).toEqual({
      video: at(name, videos, `${first!.id}.mp4`),
      audio: at(name, audios, `${first!.id}.wav`),
    });
  });

  it("take the sound from the film where there is no folder of sounds", async () => {
    rmSync(at("sims-process", "audio"), { recursive: true });
    const { samples } = await readMerTestSet(folder, "sims");
    expect(samples[0]!.media.audio).toBe(samples[0]!.media.video);
  });

  it("name samples without a clip, and who gives the data out", async () => {
    rmSync(at("meld-process", "subvideo", "s2.mp4"));
    await expect(readMerTestSet(folder, "meld")).rejects.toMatchObject({
      code: "CLIPS_MISSING",
      message: expect.stringMatching(/1 of 2 samples.*s2/),
    });
    rmSync(at("mer2023-dataset-process", "label-6way.npz"));
    await expect(readMerTestSet(folder, "mer2023")).rejects.toMatchObject({
      code: "DATA_MISSING",
      message: expect.stringMatching(/label-6way.npz.*licence agreement/),
    });
  });

  it("say which subtitle column is missing", async () => {
    put("simsv2-process/transcription-engchi-polish.csv", "name,chinese\ns1,x\n");
    await expect(readMerTestSet(folder, "simsv2")).rejects.toThrow(/'english'.*name, chinese/);
  });

  it("can be truth alone", async () => {
    put("truth.json", '{"s1": "happy", "s2": "sad"}');
    const { samples } = await readMerTruth("mer2023", at("truth.json"));
    expect(samples).toEqual([
      { id: "s1", truth: "happy", media: {}, subtitle: "" },
      { id: "s2", truth: "sad", media: {}, subtitle: "" },
    ]);
  });
});

describe("tasks of MME-Emotion", () => {
  const row = { video_id: "BOLD/video/a.mp4", label: "Anger;Pain", label_set: ["Anger", "Pain"] };

  it("are rows or the compact form, with audio clues beside them", () => {
    put("mme/FG-ER.json", JSON.stringify([row]));
    put("mme/FG-ER_audio.json", JSON.stringify([{ video_id: row.video_id, audio_clue: "A sob." }]));
    const compact = { label_sets: [["Anger", "Pain"]], rows: [[row.video_id, row.label, 0]] };
    put("mme/SA.questions.json", JSON.stringify(compact));
    put("mme/SA.audio_clues.json", JSON.stringify([{ video_id: "other", audio_clue: "A laugh." }]));
    expect(mmeTasksIn(at("mme"))).toEqual(["FG-ER", "SA"]);
    const expected = {
      id: row.video_id,
      label: "Anger;Pain",
      labelSet: "Anger, Pain",
      video: at("mme", row.video_id),
    };
    expect(readMmeTask(at("mme"), "FG-ER")).toEqual([
      { ...expected, task: "FG-ER", audioClue: "A sob." },
    ]);
    expect(readMmeTask(at("mme"), "SA")).toEqual([{ ...expected, task: "SA" }]);
  });

  it("are refused where rows are incomplete or files are not there", () => {
    put("mme/IR.json", JSON.stringify([{ ...row, label: undefined }]));
    expect(() => readMmeTask(at("mme"), "IR")).toThrow(/row 1 lacks/);
    put("mme/IR.json", "{}");
    expect(() => readMmeTask(at("mme"), "IR")).toThrow(/neither a list/);
    expect(() => readMmeTask(at("mme"), "ER-Lab")).toThrow(/FunAudioLLM/);
    put("mme/IR.json", JSON.stringify([row]));
    expect(() => readMmeTask(at("mme"), "IR")).toThrow(/IR_audio.json.*no audio clues of IR/);
    put("mme/IR_audio.json", JSON.stringify([{ video_id: row.video_id, audio_clue: "A sob." }]));
    const questions = readMmeTask(at("mme"), "IR");
    expect(() => needClips(questions, at("mme"))).toThrow(/1 of 1 questions.*IR\/BOLD/);
    put(`mme/${row.video_id}`, "clip");
    needClips(questions, at("mme"));
  });
});
