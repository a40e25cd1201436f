import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

export interface Versions {
  oppo: string;
  node: string;
  platform: string;
  cpu: string;
  cores: number;
  packages: Record<string, string>;
}

/**
 * What a run was made with: our version, Node's, the machine's, and the exact packages installed.
 */
export function versions(): Versions {
  const root = new URL("../../", import.meta.url);
  const own = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as {
    version: string;
    dependencies: Record<string, string>;
  };
  const packages: Record<string, string> = {};
  for (const name of Object.keys(own.dependencies)) packages[name] = installedVersion(root, name);
  return {
    oppo: own.version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    packages,
  };
}

function installedVersion(root: URL, name: string): string {
  try {
    const file = new URL(`node_modules/${name}/package.json`, root);
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  } catch {
    return "not installed";
  }
}
