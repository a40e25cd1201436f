import { join } from "node:path";
import { z } from "zod";
import type { Experiment } from "../config/schema.ts";
import { ConfigError } from "../core/errors.ts";
import { syntheticSource } from "../corpus/source.ts";
import { listSource } from "../data/list-source.ts";
import type { DataSource, OpenedSource, SourceContext } from "../data/source.ts";

/** A source whose options are read from an experiment. */
export interface RegisteredSource
  extends Pick<DataSource<unknown>, "kind" | "options" | "section" | "paths" | "folder"> {
  open(section: unknown, context: SourceContext): Promise<OpenedSource>;
}

/** @throws ConfigError `DATA_OPTIONS` when it is opened with options that its schema refuses. */
export function registered<Options>(source: DataSource<Options>): RegisteredSource {
  return {
    ...source,
    async open(section, context) {
      const parsed = source.options.safeParse(section);
      if (parsed.success) return source.open(parsed.data, context);
      const { path, message } = parsed.error.issues[0]!;
      throw new ConfigError("DATA_OPTIONS", `data.${path.join(".")}: ${message}`);
    },
  };
}

/** Every kind of data that `data.source` may name. Adding one is a line here. */
export const sources: RegisteredSource[] = [registered(syntheticSource), registered(listSource)];

/** The `data` section of an experiment file: options of the source that it names. */
export function dataSection() {
  const [first, ...others] = sources.map(({ kind, options, section }) =>
    (section === undefined ? options : z.strictObject({})).extend({
      source: z.literal(kind).describe("kind of data"),
    }),
  );
  return z.discriminatedUnion("source", [first!, ...others]);
}

/** @throws ConfigError `DATA_SOURCE` where no source has the name. */
export function sourceNamed(kind: string): RegisteredSource {
  const source = sources.find((known) => known.kind === kind);
  if (source) return source;
  throw new ConfigError("DATA_SOURCE", `no source of clips is called '${kind}'`, {
    path: "data.source",
    hint: `there are: ${sources.map(({ kind: name }) => name).join(", ")}`,
  });
}

/**
 * The clips of an experiment, whose run folder is `root`. Nothing is rendered, decoded or written.
 */
export function openSource(experiment: Experiment, root: string): Promise<OpenedSource> {
  const { source: kind, ...options } = experiment.data;
  const source = sourceNamed(kind);
  const section = source.section === undefined ? options : experiment[source.section];
  return source.open(section, { folder: join(root, source.folder), seed: experiment.seed });
}
