import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embedderConformance } from "../conformance.ts";
import { openOpenAiEmbedder } from "./openai.ts";

interface Request {
  input: string[];
  model: string;
  encoding_format?: string;
  dimensions?: number;
}
interface Reply {
  status?: number;
  body?: unknown;
  raw?: string;
  /** Never answers. */
  silent?: boolean;
}

/** A local `/embeddings` server; `respond` decides per request, undefined: answers properly. */
let server: Server;
let baseUrl = "";
let requests: { body: Request; authorization: string | undefined }[] = [];
let respond: (request: Request, count: number) => Reply | undefined = () => undefined;

const vectorOf = (text: string): number[] =>
  Array.from({ length: 8 }, (_, i) =>
    Math.sin((i + 1) * [...text].reduce((h, c) => h * 31 + c.charCodeAt(0), 7)),
  );
const proper = ({ input }: Request): unknown => ({
  object: "list",
  data: input.map((text, index) => ({ index, embedding: vectorOf(text) })).reverse(),
});

beforeAll(async () => {
  server = createServer(async (incoming, outgoing) => {
    const body = JSON.parse(await readBody(incoming)) as Request;
    requests.push({ body, authorization: incoming.headers.authorization });
    const reply = respond(body, requests.length) ?? {};
    if (reply.silent) return;
    outgoing.writeHead(reply.status ?? 200, {
      "content-type": "application/json",
      "retry-after-ms": "1",
    });
    outgoing.end(reply.raw ?? JSON.stringify(reply.body ?? proper(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function readBody(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of incoming) text += String(chunk);
  return text;
}

function open(
  behaviour: typeof respond = () => undefined,
  options: Partial<Parameters<typeof openOpenAiEmbedder>[0]> = {},
) {
  requests = [];
  respond = behaviour;
  return openOpenAiEmbedder({ baseUrl, model: "tiny-embedding", retries: 1, ...options });
}

describe("OpenAI-compatible embedder", () => {
  it.each(embedderConformance)("$name", ({ run }) => run(open()));

  it("sends model, instruction, dimensions and key, in batches, as floats", async () => {
    const embedder = open(undefined, {
      instruction: "Cue: ",
      dimensions: 8,
      batchSize: 2,
      apiKey: "secret",
    });
    await embedder.embed(["smile", "nod", "frown"]);
    expect(requests.map(({ body }) => body)).toEqual([
      {
        model: "tiny-embedding",
        input: ["Cue: smile", "Cue: nod"],
        encoding_format: "float",
        dimensions: 8,
      },
      { model: "tiny-embedding", input: ["Cue: frown"], encoding_format: "float", dimensions: 8 },
    ]);
    expect(requests[0]?.authorization).toBe("Bearer secret");
    expect(embedder.id).toMatch(/^openai:tiny-embedding\+[0-9a-f]{8}\/8$/);
  });

  it.each([429, 500])("repeats after %i", async (status) => {
    const embedder = open((_, count) => (count === 1 ? { status, body: {} } : undefined));
    expect(await embedder.embed(["smile"])).toHaveLength(1);
    expect(requests).toHaveLength(2);
  });

  const faults: { name: string; reply: Reply; code: string; says: RegExp }[] = [
    {
      name: "stays down",
      reply: { status: 500, body: { error: { message: "out of memory" } } },
      code: "EMBEDDINGS_HTTP",
      says: /500.*out of memory/,
    },
    {
      name: "refuses the key",
      reply: { status: 401, body: {} },
      code: "EMBEDDINGS_HTTP",
      says: /apiKeyEnv/,
    },
    {
      name: "knows no such model",
      reply: { status: 404, body: {} },
      code: "EMBEDDINGS_HTTP",
      says: /model name/,
    },
    { name: "is silent", reply: { silent: true }, code: "EMBEDDINGS_TIMEOUT", says: /in time/ },
    {
      name: "answers with something else",
      reply: { body: { hello: 1 } },
      code: "EMBEDDINGS_ANSWER",
      says: /not a list/,
    },
    {
      name: "answers with no JSON",
      reply: { raw: '{"data":[{"index":0,"embedding":[NaN,1]}]}' },
      code: "EMBEDDINGS_ANSWER",
      says: /NaN/,
    },
    {
      name: "numbers two rows alike",
      reply: {
        body: {
          data: [
            { index: 0, embedding: [1] },
            { index: 0, embedding: [1] },
          ],
        },
      },
      code: "EMBEDDINGS_ANSWER",
      says: /numbered/,
    },
    {
      name: "numbers a row beyond the batch",
      reply: { body: { data: [{ index: 1e9, embedding: [1] }] } },
      code: "EMBEDDINGS_ANSWER",
      says: /numbered/,
    },
    {
      name: "leaves a text out",
      reply: { body: { data: [{ index: 0, embedding: [1, 2] }] } },
      code: "EMBEDDING_COUNT",
      says: /1 vectors for 2 texts/,
    },
    {
      name: "mixes lengths",
      reply: {
        body: {
          data: [
            { index: 0, embedding: [1, 2] },
            { index: 1, embedding: [1] },
          ],
        },
      },
      code: "EMBEDDING_SIZE",
      says: /"nod": 1 numbers, expected 2/,
    },
    {
      name: "sends null for NaN",
      reply: {
        body: {
          data: [
            { index: 0, embedding: [1, 2] },
            { index: 1, embedding: [null, 1] },
          ],
        },
      },
      code: "EMBEDDING_NOT_FINITE",
      says: /"nod"/,
    },
    {
      name: "sends zeros",
      reply: {
        body: {
          data: [
            { index: 0, embedding: [0, 0] },
            { index: 1, embedding: [1, 0] },
          ],
        },
      },
      code: "EMBEDDING_ZERO",
      says: /"smile"/,
    },
  ];
  it.each(faults)("a server that $name: $code", async ({ reply, code, says }) => {
    const embedder = open(() => reply, {
      timeoutMs: reply.silent ? 100 : 20_000,
      retries: 0,
      apiKey: "secret",
    });
    const error = await embedder.embed(["smile", "nod"]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "SimilarityError", code });
    const { message } = error as Error;
    expect(message).toMatch(says);
    expect(message).toContain(`tiny-embedding at ${baseUrl}`);
    expect(message).not.toContain("secret");
  });

  it("says when nobody listens", async () => {
    const embedder = open(undefined, { baseUrl: "http://127.0.0.1:9/v1", retries: 0 });
    await expect(embedder.embed(["smile"])).rejects.toMatchObject({
      code: "EMBEDDINGS_UNREACHABLE",
    });
  });
});
