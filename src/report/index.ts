export type { ReportChart, ReportClip, ReportData, ReportSystem } from "./data.ts";
export { renderReport, writeReport } from "./report.ts";
