/**
 * Clips from any source as rows: reading lists, the vocabulary of columns, importers, splits.
 * @module
 */
export { type ClipLine, clipLine, clipLineJsonSchema } from "./clip-line.ts";
export {
  type ClipFeatureFiles,
  type ClipMedia,
  type ClipRow,
  type Split,
  type SplitRow,
  type Stage,
  splits,
} from "./clip-row.ts";
export type { ColumnChoice } from "./columns.ts";
export { type FeatureSettings, loadRowFeatures } from "./features/index.ts";
export { type Importer, importers } from "./importers/index.ts";
export {
  type ListFormat,
  type ListOptions,
  listFormats,
  listOptions,
  type ReadOptions,
  type SplitOptions,
  splitOptions,
} from "./options.ts";
export { type ReadClips, readClips } from "./read-clips.ts";
export type { LeftRow, Needs } from "./rows.ts";
export type { DataSource, OpenedSource, SourceContext, SourceFeatures } from "./source.ts";
export { type DrawnColdStart, drawColdStart } from "./split/cold-start.ts";
export { contentGroups } from "./split/content.ts";
export { type DrawnSplits, drawSplits } from "./split/draw.ts";
export type { Place } from "./tables/table.ts";
export { toClipLine } from "./to-clip-line.ts";
export { type FieldName, fieldNames, type VocabularyField, vocabulary } from "./vocabulary.ts";
