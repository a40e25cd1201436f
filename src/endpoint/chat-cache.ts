import { existsSync, readFileSync } from "node:fs";
import { EndpointError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/files.ts";
import { appendJsonl, readJsonl, writeJsonl } from "../core/jsonl.ts";
import type { ChatAnswer, ChatModel, ChatRequest } from "./port.ts";

/** A row of the cache file. */
interface CacheRow {
  key: string;
  answer: Omit<ChatAnswer, "attempts">;
}

/**
 * Remembers answers to greedy requests by model and content, in memory and in `file`, so a judge is
 * asked once for each text over all runs. Requests with a temperature go through. A remembered
 * answer counts 0 attempts.
 * @throws EndpointError CHAT_CACHE if the file holds a row that is no answer.
 */
export function cachedChat(inner: ChatModel, file?: string): ChatModel {
  const answers = file === undefined ? new Map<string, CacheRow["answer"]>() : readCache(file);
  const underWay = new Map<string, Promise<ChatAnswer>>();

  async function ask(key: string, request: ChatRequest): Promise<ChatAnswer> {
    const { attempts, ...answer } = await inner.chat(request);
    answers.set(key, answer);
    if (file !== undefined) appendJsonl(file, [{ key, answer } satisfies CacheRow]);
    return { ...answer, attempts };
  }

  return {
    id: inner.id,
    async chat(request) {
      if (request.temperature !== 0) return inner.chat(request);
      const key = requestKey(inner.id, request);
      const known = answers.get(key);
      if (known && !request.fresh) return { ...known, attempts: 0 };
      const pending = underWay.get(key);
      if (pending) return { ...(await pending), attempts: 0 };
      const asked = ask(key, request).finally(() => underWay.delete(key));
      underWay.set(key, asked);
      return asked;
    },
  };
}

/** Content address of a request: media count by the hash of their bytes. */
export function requestKey(model: string, { fresh: _, ...request }: ChatRequest): string {
  const messages = request.messages.map(({ role, content }) => ({
    role,
    content:
      typeof content === "string"
        ? content
        : content.map((part) => ("bytes" in part ? { ...part, bytes: sha256(part.bytes) } : part)),
  }));
  return sha256(canonicalJson({ model, ...request, messages }));
}

function readCache(file: string): Map<string, CacheRow["answer"]> {
  const answers = new Map<string, CacheRow["answer"]>();
  if (!existsSync(file)) return answers;
  const rows = readJsonl<CacheRow>(file);
  // A killed run may leave a cut line; appending to it would spoil the next row as well.
  if (!readFileSync(file, "utf8").endsWith("\n")) writeJsonl(file, rows);
  for (const [index, row] of rows.entries()) {
    if (typeof row?.key !== "string" || typeof row.answer?.text !== "string") {
      throw new EndpointError("CHAT_CACHE", "row is not a cached answer", {
        file,
        line: index + 1,
        hint: "delete the file: it is only a cache",
      });
    }
    answers.set(row.key, row.answer);
  }
  return answers;
}
