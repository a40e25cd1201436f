import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive, lockRun, type Owner } from "./lock.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-lock-"));
  file = join(folder, "run.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const owner = (): Owner => JSON.parse(readFileSync(file, "utf8")) as Owner;
const leave = (left: Partial<Owner>): void => {
  lockRun(file);
  const own = owner();
  rmSync(file);
  writeFileSync(file, JSON.stringify({ ...own, ...left }));
};

/** Locks the folder in another process, which then waits to be killed. */
async function another(): Promise<{ pid: number; kill(): Promise<void> }> {
  const code = `import { lockRun } from ${JSON.stringify(join(import.meta.dirname, "lock.ts"))};
    lockRun(${JSON.stringify(file)}); console.log("locked"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code]);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return {
    pid: child.pid!,
    kill: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      }),
  };
}

describe("lockRun", () => {
  it("refuses a folder that a living process holds, saying which; takes it once that was killed", async () => {
    const { pid, kill } = await another();
    expect(() => lockRun(file)).toThrow(new RegExp(`process ${pid} on ${hostname()} works here`));
    await kill();
    expect(existsSync(file)).toBe(true);
    lockRun(file);
    expect(owner().pid).toBe(process.pid);
  });

  it("lets its own process in again", () => {
    lockRun(file);
    expect(() => lockRun(file)).not.toThrow();
  });

  it("replaces a lock of a machine that was started anew, of a number given again, and a torn one", () => {
    for (const left of [{ boot: "before" }, { born: "1" }, { pid: 2 ** 22 + 1 }]) {
      rmSync(file, { force: true });
      leave(left);
      lockRun(file);
      expect(owner()).toMatchObject({ pid: process.pid });
      expect(isAlive(owner())).toBe(true);
    }
    writeFileSync(file, "{");
    lockRun(file);
    expect(owner()).toMatchObject({ pid: process.pid });
  });

  it("takes another machine's process to live, and says how to free the folder", () => {
    leave({ host: "elsewhere", pid: 1 });
    expect(() => lockRun(file)).toThrow(/on elsewhere works here.*delete this file/);
  });
});
