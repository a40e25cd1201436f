import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Video } from "./clip.ts";
import { writePlain } from "./film.fixture.ts";
import { readClip } from "./read.ts";
import { regular } from "./regular.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-regular-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const steps = (from: number, to: number, fps: number) =>
  Array.from({ length: Math.round((to - from) * fps) }, (_, i) => from + i / fps);

/** Without it the file's time would begin with its picture. */
const sound = {
  rateHz: 8000,
  blocks: [{ timeMs: 0, channels: [new Float32Array(8000).fill(0.1)] }],
};

/** A film whose brightness says when a picture is first shown: 20 at zero, 15 more a second. */
async function seen(times: number[], muxer: string, options: { fps?: number }): Promise<Video> {
  const path = join(folder, `film.${muxer}`);
  const timesMs = times.map((time) => Math.round(1000 * time));
  const colour = (index: number) => [20 + 15 * times[index]!, 128, 128] as const;
  writePlain(path, muxer, {
    sound,
    film: { timesMs, colour, options: { bf: "0", qp: "1" } },
  });
  return (await readClip(path, { ...options, needAudio: false })).video;
}

/** When the picture at each step was first shown, in seconds, as its brightness says. */
function shownAt({ data, frames, width, height }: Video): number[] {
  const bytes = width * height * 3;
  return Array.from({ length: frames }, (_, k) => {
    const luma = (data[k * bytes]! * 219) / 255 + 16;
    return (luma - 20) / 15;
  });
}

const films = {
  stall: [...steps(0, 1.04, 25), ...steps(9, 12, 25)],
  late: steps(3, 8, 25),
  "stalls and bursts": [...steps(0, 0.5, 25), 3, 3.02, 3.04, 3.06, ...steps(6, 7, 12.5)],
  "changing rate": [...steps(0, 2, 5), ...steps(2, 6, 25)],
};

describe.each(Object.entries(films))("a film with %s", (_, times) => {
  const at = (time: number) => times.findLast((own) => own <= time + 1e-6) ?? times[0]!;

  it.each([{ fps: 1 }, { fps: 2.5 }])(
    "gives the pictures shown at each step of %o",
    async (options) => {
      for (const muxer of ["mov", "matroska"]) {
        const video = await seen(times, muxer, options);
        expect(video.fps).toBe(options.fps);
        expect(video.frames).toBe(Math.floor(times.at(-1)! * options.fps + 1 + 1e-9));
        shownAt(video).forEach((time, k) => {
          expect(Math.abs(time - at(k / options.fps)), `${muxer} ${k}`).toBeLessThan(0.15);
        });
      }
    },
  );

  it("is read whole as one of even steps", async () => {
    const video = await seen(times, "mov", {});
    const seconds = video.frames / video.fps;
    expect(Math.abs(seconds - times.at(-1)!)).toBeLessThan(0.2);
    shownAt(video).forEach((time, k) => {
      const middle = (k + 0.5) / video.fps;
      expect(Math.abs(time - at(middle)), `${k}`).toBeLessThan(0.15);
    });
  });
});

describe("a stall in a film with B-frames", () => {
  it("does not make the film longer, whichever picture the container gives its length to", async () => {
    const times = films.stall;
    const path = join(folder, "b.mov");
    const timesMs = times.map((time) => Math.round(1000 * time));
    const colour = () => [120, 128, 128] as const;
    writePlain(path, "mov", {
      film: { timesMs, colour, options: { bf: "3", b_strategy: "0" } },
      sound,
    });
    for (const options of [{ fps: 1 }, {}]) {
      const { video } = await readClip(path, { ...options, needAudio: false });
      expect(Math.abs(video.frames / video.fps - 12)).toBeLessThan(0.2);
    }
  });
});

describe("regular", () => {
  it("leaves films of even steps alone, whose times are rounded or stray by a frame", () => {
    expect(
      regular(
        steps(0, 3, 30).map((time) => Math.round(1000 * time) / 1000),
        3,
      ),
    ).toBeNull();
    expect(
      regular(
        steps(0, 3, 25).filter((_, i) => i !== 30),
        3,
      ),
    ).toBeNull();
    expect(regular(steps(0.08, 3, 25), 3)).toBeNull();
    expect(regular([0], 5)).toBeNull();
    expect(regular([1, 1, 1], 1)).toBeNull();
  });

  it("repeats a picture that stands to the end", () => {
    const even = regular([0, 0.5, 1, 1.5], 4)!;
    expect(even).toEqual({ fps: 2, shown: [0, 1, 2, 3, 3, 3, 3, 3] });
  });

  it("does not grow beyond four times as many pictures", () => {
    const { shown, fps } = regular([...steps(0, 1, 25), 3600], 3600)!;
    expect(shown.length).toBeLessThanOrEqual(4 * 26);
    expect(shown.length / fps).toBeGreaterThan(3590);
  });
});
