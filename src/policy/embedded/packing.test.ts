import fc from "fast-check";
import { expect, it } from "vitest";
import { headIndices, pack } from "./packing.ts";

const rectangle = fc
  .record({
    prompts: fc.integer({ min: 1, max: 3 }),
    group: fc.integer({ min: 1, max: 3 }),
    width: fc.integer({ min: 2, max: 5 }),
    seeds: fc.array(fc.nat(), { minLength: 9, maxLength: 9 }),
    spare: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ prompts, group, width, seeds, spare }) => {
    const lengths = seeds.slice(0, prompts * group).map((seed) => seed % (width + 1));
    // one blank slot at least
    lengths[0] = Math.min(lengths[0]!, width - 1);
    return { prompts, group, width, lengths, spare };
  });

it("pack and headIndices lead every token to its slot and back, and blanks only to blanks", () => {
  fc.assert(
    fc.property(rectangle, ({ spare, ...shape }) => {
      const total = shape.lengths.reduce((sum, length) => sum + length, 0);
      const packing = pack(shape, total + spare);
      const heads = 2;
      const { slots, rows } = headIndices(packing, heads, 3);
      const perSlot = heads * 3;
      slots.forEach((row, slot) => {
        const real = row < total * perSlot;
        if (real) expect(rows[row]).toBe(slot);
        const within = slot % (shape.group * shape.width);
        const prompt = Math.floor(slot / (shape.group * shape.width * heads)) % shape.prompts;
        const length = shape.lengths[prompt * shape.group + Math.floor(within / shape.width)]!;
        expect(real).toBe(within % shape.width < length);
      });
      rows.forEach((slot, row) => {
        expect(slots[slot]! < total * perSlot).toBe(row < total * perSlot);
      });
    }),
  );
});

it("headIndices orders slots by part, prompt, head, completion, token", () => {
  const packing = pack({ prompts: 1, group: 2, width: 2, lengths: [1, 2] }, 4);
  // rows: (0,0), (1,0), (1,1), blank; slot (0,1) is blank
  expect([...packing.rowOf]).toEqual([0, 3, 1, 2]);
  expect([...packing.slotOf]).toEqual([0, 2, 3, 1]);
  const { slots } = headIndices(packing, 2, 2);
  const row = (n: number, part: number, head: number) => (n * 2 + part) * 2 + head;
  const order = [0, 3, 1, 2];
  const expected = [0, 1].flatMap((part) =>
    [0, 1].flatMap((head) => order.map((n) => row(n, part, head))),
  );
  expect([...slots]).toEqual(expected);
});
