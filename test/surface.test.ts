import { describe, expect, it } from "vitest";

const surfaces = ["index", "loss/index", "rewards/index", "cues/index", "media/index"];

describe("public surface", () => {
  it.each(surfaces)("%s exports what it exported before", async (file) => {
    const module = (await import(`../src/${file}.ts`)) as object;
    expect(Object.keys(module).sort()).toMatchSnapshot();
  });
});
