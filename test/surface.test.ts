import { describe, expect, it } from "vitest";
import * as cues from "../src/cues/index.ts";
import * as data from "../src/data/index.ts";
import * as all from "../src/index.ts";
import * as loss from "../src/loss/index.ts";
import * as media from "../src/media/index.ts";
import * as rewards from "../src/rewards/index.ts";

describe("public surface", () => {
  it.each(Object.entries({ oppo: all, cues, data, loss, media, rewards }))(
    "%s exports what it exported before",
    (_name, module) => {
      expect(Object.keys(module).sort()).toMatchSnapshot();
    },
  );
});
