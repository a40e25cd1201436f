import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type Layer, layers, optionsPackages } from "../architecture/layers.ts";

const src = resolve(import.meta.dirname, "../src");

interface Import {
  from: string;
  target: string;
}

/** Import specifiers of a source text: static, dynamic and re-exports. */
function specifiers(text: string): string[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']/g;
  return [...text.matchAll(pattern)].map((match) => match[1]!);
}

/** The most specific layer a file of src/ belongs to; files directly in src/ are the public surface. */
function layerOf(file: string, table: Readonly<Record<string, Layer>>): string | undefined {
  const folders = Object.keys(table).sort((a, b) => b.length - a.length);
  return folders.find((folder) => file.startsWith(`${folder}/`));
}

/** Every import that the table does not allow, as a sentence. */
function violations(imports: readonly Import[], table: Readonly<Record<string, Layer>>): string[] {
  return imports.flatMap(({ from, target }) => {
    const own = layerOf(from, table);
    if (!from.includes("/")) return [];
    if (own === undefined) return [`${from}: its folder is not in the layer table`];
    const layer = table[own]!;
    const allowed = target.startsWith("src:")
      ? mayImportFile(own, layer, target.slice(4), table)
      : mayImportPackage(from, layer, target);
    return allowed ? [] : [`${from} may not import ${target.replace("src:", "src/")}`];
  });
}

function mayImportFile(
  own: string,
  layer: Layer,
  file: string,
  table: Readonly<Record<string, Layer>>,
): boolean {
  const target = layerOf(file, table);
  return (
    layer.folders.some((entry) => {
      if (entry === "*") return true;
      if (entry === "*/options.ts") return file.endsWith("/options.ts");
      if (entry.endsWith(".ts")) return file === entry;
      return entry === target;
    }) || target === own
  );
}

function mayImportPackage(from: string, layer: Layer, name: string): boolean {
  if (layer.packages.includes("*")) return true;
  if (from.endsWith("/options.ts") && optionsPackages.includes(name)) return true;
  const isBuiltin = name.startsWith("node:") || builtinModules.includes(name);
  return layer.packages.includes(isBuiltin ? "node" : packageName(name));
}

const packageName = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

function importsOf(file: string): Import[] {
  const from = relative(src, file);
  return specifiers(readFileSync(file, "utf8")).map((specifier) => ({
    from,
    target: specifier.startsWith(".")
      ? `src:${relative(src, resolve(dirname(file), specifier))}`
      : specifier,
  }));
}

const files = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .filter((file) => !/(^|\/)(conformance|fixtures?)\.ts$/.test(file))
  .map((file) => join(src, file));

describe("architecture", () => {
  it("follows the layer table", () => {
    expect(violations(files.flatMap(importsOf), layers)).toEqual([]);
  });

  it("reports planted violations", () => {
    const planted = [
      { from: "loss/surrogate.ts", target: "src:trainer/train.ts" },
      { from: "trainer/train.ts", target: "src:policy/embedded/model.ts" },
      { from: "cues/claims.ts", target: "zod" },
      { from: "unlisted/file.ts", target: "src:core/rng.ts" },
    ];
    expect(violations(planted, layers)).toHaveLength(planted.length);
    expect(violations([{ from: "loss/options.ts", target: "zod" }], layers)).toEqual([]);
  });

  it("has no cycle between folders", () => {
    const state = new Map<string, "open" | "done">();
    const visit = (folder: string, path: string[]): void => {
      if (state.get(folder) === "done") return;
      if (state.get(folder) === "open") throw new Error(`cycle: ${[...path, folder].join(" → ")}`);
      state.set(folder, "open");
      for (const entry of layers[folder]?.folders ?? []) {
        if (!entry.startsWith("*")) visit(entry.replace(/\/[^/]+\.ts$/, ""), [...path, folder]);
      }
      state.set(folder, "done");
    };
    for (const folder of Object.keys(layers)) visit(folder, []);
    expect(state.size).toBeGreaterThan(5);
  });
});
