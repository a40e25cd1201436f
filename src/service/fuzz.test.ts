import { expect, it } from "vitest";
import { Rng } from "../core/rng.ts";
import { openFakeService, reference, response } from "./service.fake.ts";

const items = {
  "/v1/rewards": [
    { id: "a", clip_id: "c", response, reference },
    {
      id: "b",
      clip_id: "c",
      response,
      labels: ["joy"],
      cues: [{ modality: "visual", text: "a smile" }],
    },
  ],
  "/v1/evidence": [
    { id: "a", text: response, reference },
    { id: "b", text: "no tags, 😀" },
  ],
  "/v1/decompose": [{ id: "a", reference }],
};
const sound = [
  { path: "/v1/rewards", body: { items: items["/v1/rewards"], unit: "code_point" } },
  { path: "/v1/rewards", body: { items: items["/v1/rewards"], form: "paper" } },
  { path: "/v1/evidence", body: { items: items["/v1/evidence"] } },
  {
    path: "/v1/evidence",
    body: { items: items["/v1/evidence"].slice(0, 1), selector: "reference" },
  },
  { path: "/v1/decompose", body: { items: items["/v1/decompose"] } },
].map(({ path, body }) => ({ path, json: JSON.stringify(body) }));

/** What a hostile or careless writer of JSON puts in place of something. */
const odd = [
  "null",
  "true",
  "0",
  "-1",
  "1e999",
  "[]",
  "{}",
  '""',
  '"<"',
  '"\\ud83d"',
  '"\\u0000"',
  "[[]]",
  '{"__proto__":1}',
  '"constructor"',
  ",",
  "]",
  "}",
  '"',
  "\\",
  "\ufeff",
  "\u2028",
  "<think>",
  "</think>",
  "second ",
  "in the video-",
].map((text) => Buffer.from(text));

/** Cuts, doubles, moves and replaces stretches of a body. */
function mutated(body: Buffer, rng: Rng): Buffer {
  let bytes = body;
  for (let times = 1 + rng.int(3); times > 0; times--) {
    const at = rng.int(bytes.length + 1);
    const to = Math.min(bytes.length, at + rng.int(12));
    const [before, cut, behind] = [
      bytes.subarray(0, at),
      bytes.subarray(at, to),
      bytes.subarray(to),
    ];
    const kinds = [
      [before, behind],
      [before, cut, cut, cut, behind],
      [before, odd[rng.int(odd.length)]!, behind],
      [before, Buffer.from([rng.int(256)]), behind],
      [before, Buffer.alloc(rng.int(3000), odd[rng.int(odd.length)]), behind],
      [behind, cut, before],
    ];
    bytes = Buffer.concat(kinds[rng.int(kinds.length)]!);
  }
  return bytes;
}

it("answers 1,000 mutated requests by a result or by a refusal that says why", async () => {
  const lines: string[] = [];
  const service = openFakeService({ log: (line) => lines.push(line) });
  const rng = new Rng("mutated requests");
  const counts: Record<number, number> = {};
  for (let i = 0; i < 1000; i++) {
    const { path, json } = sound[rng.int(sound.length)]!;
    const body = mutated(Buffer.from(json), rng) as unknown as string;
    const headers = { "Content-Type": "application/json" };
    const answer = await service.app.request(path, { method: "POST", body, headers });
    const text = await answer.text();
    counts[answer.status] = (counts[answer.status] ?? 0) + 1;
    const { error, results } = JSON.parse(text) as {
      error?: { code: string; message: string };
      results?: unknown[];
    };
    if (answer.status === 200) expect(results!.length).toBeGreaterThan(0);
    else expect(error?.message.length).toBeGreaterThan(5);
    expect(text.length).toBeLessThan(100_000);
  }
  expect(Object.keys(counts).filter((status) => !["200", "400", "413"].includes(status))).toEqual(
    [],
  );
  expect(counts[400]).toBeGreaterThan(300);
  expect(counts[200]).toBeGreaterThan(30);
  expect(lines).toEqual([]);
});
