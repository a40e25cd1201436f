import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { columnGroups, columns } from "../bench/mep/oracle/columns.ts";
import { metricById } from "../bench/mep/oracle/table.ts";
import { sampleReport } from "./sample.fake.ts";

const folder = mkdtempSync(join(tmpdir(), "oppo-columns-"));
writeFileSync(join(folder, "clip.mp4"), "");
const data = sampleReport(join(folder, "clip.mp4"));
afterAll(() => {
  vi.doUnmock("../bench/mep/oracle/columns.ts");
  rmSync(folder, { recursive: true, force: true });
});

it("every column is a metric, stands once, and no heading is split", () => {
  const ids = columns.map(({ id }) => metricById(id).id);
  expect(new Set(ids).size).toBe(ids.length);
  const titles = columnGroups(columns).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});

it("one more line in the list is a column of the page, of the differences and of every table", async () => {
  const toy = { id: "truncated", group: "Toy", label: "how often cut" };
  vi.resetModules();
  vi.doMock("../bench/mep/oracle/columns.ts", () => ({ columnGroups, columns: [...columns, toy] }));
  const { renderReport } = await import("./report.ts");
  const { markdownTable, consoleTable } = await import("../bench/mep/oracle/table.ts");
  const page = renderReport(data);
  expect(page).toContain('<th colspan="1">Toy</th>');
  expect(page).toContain("how often cut");
  const [, differences] = page.split("Differences, paired over clips");
  expect(differences!.split("</table>")[0]).toContain("<td>cut off</td>");
  const systems = data.systems.flatMap(({ result }) => result ?? []);
  expect(markdownTable(systems).split("\n")[0]).toMatch(/pairs.*cut off/);
  expect(consoleTable(systems, { width: 400 })).toMatch(/ cut\n.* off %/);
});
