import { describe, expect, it } from "vitest";
import { decomposeReference } from "./decompose.ts";
import { afterThinking, answerOf, descriptionOf, readsBeyondBlock } from "./description.ts";

const seen = "In the video, a broad smile and raised brows. In the audio, a loud voice.";
const cuesOf = (text: string) =>
  decomposeReference(text).cues.map(({ modality, text: cue }) => `${modality}: ${cue}`);
const wanted = cuesOf(seen);

describe("a description", () => {
  it.each([
    ["bare", seen],
    ["as asked for", `<think>${seen}</think><answer>joy</answer>`],
    ["after a block of the model's own", `<think>Okay.</think>\n\n${seen}`],
    ["in a second block", `<think>let me watch</think><think>${seen}</think><answer>joy</answer>`],
    ["between two blocks", `<think>Okay.</think>${seen}<think>Done.</think><answer>joy</answer>`],
    ["in the last of three blocks", `<think>Hm.</think><think>So.</think>\n<think>${seen}</think>`],
    ["in nested blocks", `<think>Okay. <think>${seen}</think></think><answer>joy</answer>`],
    ["in a block that never closes", `<think>Okay.</think><think>${seen}`],
    ["before an answer that was cut", `<think>Okay.</think>${seen}<answer>jo`],
    ["after the answer", `<think>Okay.</think><answer>joy</answer>${seen}`],
    [
      "where the thinking names the tags",
      `<think>The emotion goes into <answer></answer>.</think>${seen}<answer>joy</answer>`,
    ],
    [
      "where the thinking names one tag",
      `<think>Okay. First <answer> then.</think>${seen}<answer>joy</answer>`,
    ],
    ["in capitals", `<THINK>Okay.</THINK>${seen}<ANSWER>joy</ANSWER>`],
    ["after <thinking>", `<thinking>Okay.</thinking>${seen}`],
    ["after <thought>", `<thought>Okay.</thought>${seen}`],
    ["after <reasoning>", `<reasoning>Okay.</reasoning>${seen}`],
    ["as Seed-OSS thinks", `<seed:think>Okay.</seed:think>${seen}`],
    ["as Magistral thinks", `[THINK]Okay.[/THINK]${seen}`],
    ["as Kimi-VL thinks", `◁think▷Okay.◁/think▷${seen}`],
    ["as OpenThinker thinks", `<|begin_of_thought|>Okay.<|end_of_thought|>${seen}`],
    ["as Command A thinks", `<|START_THINKING|>Okay.<|END_THINKING|>${seen}`],
    [
      "as gpt-oss thinks",
      `<|channel|>analysis<|message|>Okay.<|end|><|start|>assistant<|channel|>final<|message|>${seen}<|return|>`,
    ],
    ["with marks of turns", `<think>Okay.</think>${seen}<|im_end|>`],
  ])("%s is read", (_, response) => {
    expect(cuesOf(descriptionOf(response))).toEqual(wanted);
  });

  it("keeps its places in the response", () => {
    const response = `<think>Okay.</think>\n${seen}<answer>joy</answer>`;
    const { cues } = decomposeReference(descriptionOf(response));
    expect(cues.map(({ span }) => response.slice(span.start, span.end))).toEqual(
      decomposeReference(seen).cues.map(({ span }) => seen.slice(span.start, span.end)),
    );
  });

  it("that is all inside of the answer, or as it was asked for, stays as it is", () => {
    for (const response of [
      `<answer>${seen}</answer>`,
      `<think>${seen}</think><answer>joy</answer>`,
      seen,
      "",
    ]) {
      expect(descriptionOf(response)).toBe(response);
    }
  });

  it("is said to be more than one block where it is", () => {
    expect(readsBeyondBlock(`<think>Okay.</think>${seen}`)).toBe(true);
    expect(readsBeyondBlock(`<think>Okay.</think><think>${seen}</think>`)).toBe(true);
    expect(readsBeyondBlock(`<think>${seen}</think><answer>joy</answer>`)).toBe(false);
    expect(readsBeyondBlock(`<think>${seen}</think><answer>joy</answer><|im_end|>`)).toBe(false);
    expect(readsBeyondBlock(seen)).toBe(false);
  });
});

describe("an answer", () => {
  it.each([
    ["<think>so</think><answer>joy</answer>", "joy"],
    ["<answer>no", "no"],
    ["<think>into <answer></answer></think><answer>joy</answer>", "joy"],
    ["<think>into <answer> tags</think><answer>joy</answer>", "joy"],
    ["<think>it is <answer>joy</answer></think>", "joy"],
    ["<answer></answer>", ""],
    ["joy", null],
  ])("of %j is %j", (reply, inside) => {
    expect(answerOf(reply)).toBe(inside);
  });

  it("without tags follows the last block of thinking", () => {
    expect(afterThinking("<think>no</think><think>no</think> yes")).toBe(" yes");
    expect(afterThinking("[THINK]no[/THINK]yes")).toBe("yes");
    expect(
      afterThinking("<|channel|>analysis<|message|>no<|end|><|channel|>final<|message|>yes"),
    ).toBe("yes");
    expect(afterThinking("yes")).toBe("yes");
  });
});
