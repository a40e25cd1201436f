import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { DataError } from "../core/errors.ts";
import { Rng } from "../core/rng.ts";
import { openZip } from "./zip.ts";

const folder = mkdtempSync(join(tmpdir(), "oppo-zip-"));
const written = (bytes: Uint8Array): string => {
  const file = join(folder, "t.npz");
  writeFileSync(file, bytes);
  return file;
};
const members = {
  "片段.npy": Uint8Array.from({ length: 3000 }, (_, i) => (i * i) % 251),
  "b.npy": new TextEncoder().encode("stored"),
};
const zipped = zipSync({
  "片段.npy": members["片段.npy"],
  "b.npy": [members["b.npy"], { level: 0 }],
});
const entryAt = (bytes: Buffer, from = 0) => bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]), from);

describe("zip archives", () => {
  it("are read member by member", () => {
    const { sizes, unpack } = openZip(written(zipped), ".npz");
    expect([...sizes]).toEqual([
      ["片段.npy", 3000],
      ["b.npy", 6],
    ]);
    expect(unpack(["b.npy"])).toEqual(new Map([["b.npy", members["b.npy"]]]));
    expect(unpack([])).toEqual(new Map());
  });

  it("with a byte changed give the members as they were written, or an error", () => {
    const rng = new Rng("zip");
    let refused = 0;
    for (let i = 0; i < 200; i++) {
      const broken = zipped.slice();
      broken[rng.int(broken.length)]! ^= 1 << rng.int(8);
      try {
        const { sizes, unpack } = openZip(written(broken), ".npz");
        const found = unpack([...sizes.keys()]);
        for (const [name, data] of found) {
          if (name in members) expect(data).toEqual(members[name as keyof typeof members]);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        refused++;
      }
    }
    // What is left changes times, versions and names.
    expect(refused).toBeGreaterThan(140);
  });

  it("name the member whose checksum is another one", () => {
    const broken = Buffer.from(zipped);
    broken[broken.indexOf("stored")]! ^= 1;
    const { unpack } = openZip(written(broken), ".npz");
    expect(() => unpack(["b.npy"])).toThrow(/t\.npz: its member 'b\.npy' has another checksum/);
    expect(unpack(["片段.npy"]).size).toBe(1);
  });

  it("that unpack to more than a gigabyte are refused before they are, with the limit", () => {
    const stored = zipSync({ "a.npy": [new Uint8Array(1_200_000), { level: 0 }] });
    const bomb = Buffer.from(stored);
    bomb.writeUInt32LE(1_200_000_000, entryAt(bomb) + 24);
    const { unpack } = openZip(written(bomb), ".npz");
    expect(() => unpack(["a.npy"])).toThrow(/unpacks to 1\.1 GiB \(at most 1 GiB are unpacked/);
  });

  it("with two members of one name are refused: only one of them would be read", () => {
    const two = Buffer.from(zipSync({ "a.npy": members["b.npy"], "b.npy": members["b.npy"] }));
    const second = entryAt(two, entryAt(two) + 1);
    two.write("a", second + 46, "latin1");
    expect(() => openZip(written(two), ".npz")).toThrow(/two members called 'a\.npy'/);
  });
});
