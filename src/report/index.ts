export type { ReportClip, ReportData, ReportSystem } from "./data.ts";
export { renderReport, writeReport } from "./report.ts";
