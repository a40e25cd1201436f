import { type LogNotice, openCheckedLog } from "../core/checked-log.ts";
import { EndpointError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/files.ts";
import { byKey, type RowReader } from "../core/row-log.ts";
import type { ChatAnswer, ChatModel, ChatRequest } from "./port.ts";

/** A row of the cache file. */
interface CacheRow {
  key: string;
  answer: Omit<ChatAnswer, "attempts">;
}

/**
 * Remembers answers to greedy requests by model and content, in memory and in `file`, so a judge is
 * asked once for each text over all runs. Requests with a temperature go through. A remembered
 * answer counts 0 attempts. `notice` hears of rows in the file that can't be believed.
 * @throws EndpointError CHAT_CACHE if the file holds a row that is no answer.
 */
export function cachedChat(inner: ChatModel, file?: string, notice?: LogNotice): ChatModel {
  const answers = byKey<CacheRow>(openCheckedLog(file, readRow, notice), ({ key }) => key);
  const underWay = new Map<string, Promise<ChatAnswer>>();

  async function ask(key: string, request: ChatRequest): Promise<ChatAnswer> {
    const { attempts, ...answer } = await inner.chat(request);
    answers.add({ key, answer });
    return { ...answer, attempts };
  }

  return {
    id: inner.id,
    async chat(request) {
      if (request.temperature !== 0) return inner.chat(request);
      const key = requestKey(inner.id, request);
      const known = answers.get(key)?.answer;
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

const readRow: RowReader<CacheRow> = (value, place) => {
  const row = value as CacheRow | null;
  if (typeof row?.key === "string" && typeof row.answer?.text === "string") return row;
  throw new EndpointError("CHAT_CACHE", "row is not a cached answer", {
    ...place,
    hint: "delete the file: it is only a cache",
  });
};
