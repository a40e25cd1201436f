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

/**
 * The most specific layer a file of src/ belongs to; files directly in src/ are the public surface.
 */
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

/** Started by Node or a worker, never imported. */
const entryPoints: readonly string[] = ["cli/main.ts"];

const sourceOf = (target: string): string[] => (target.startsWith("src:") ? [target.slice(4)] : []);

function fileGraph(): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const { from, target } of files.flatMap(importsOf)) {
    graph.set(from, [...(graph.get(from) ?? []), ...sourceOf(target)]);
  }
  return graph;
}

/** Rooms of the house: the layers, and the folders of the command line, which is one layer. */
const rooms = [
  ...Object.keys(layers),
  "cli/stages",
  "cli/jobs",
  "cli/commands",
  "cli/commands/bench",
  "cli/commands/bench/mep",
  "cli/commands/bench/mep-paper",
  "cli/commands/bench/model",
];

function folderGraph(): Map<string, string[]> {
  const table = Object.fromEntries(rooms.map((room) => [room, { folders: [], packages: [] }]));
  const graph = new Map<string, string[]>();
  for (const [from, targets] of fileGraph()) {
    const own = layerOf(from, table);
    if (own === undefined || entryPoints.includes(from)) continue;
    const others = targets.flatMap((target) => layerOf(target, table) ?? []);
    const known = graph.get(own) ?? [];
    graph.set(own, [...known, ...others.filter((other) => other !== own)]);
  }
  return graph;
}

/** A path that comes back to where it was; undefined where there is none. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] | undefined => {
    if (done.has(node)) return undefined;
    const at = path.indexOf(node);
    if (at >= 0) return [...path.slice(at), node];
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const found = visit(next);
      if (found) return found;
    }
    path.pop();
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const found = visit(node);
    if (found) return found;
  }
  return undefined;
}

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

  it("has no circle between files, type imports included", () => {
    expect(circle(fileGraph())).toBeUndefined();
  });

  it("has no circle between folders, those inside the command line included", () => {
    expect(circle(folderGraph())).toBeUndefined();
  });

  it("finds a circle that is there", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c"]],
      ["c", ["b"]],
    ]);
    expect(circle(graph)).toEqual(["b", "c", "b"]);
  });

  it("lets nobody import an entry point", () => {
    const targets = new Set(files.flatMap(importsOf).map(({ target }) => target));
    for (const entry of entryPoints) expect(targets.has(`src:${entry}`), entry).toBe(false);
  });
});
