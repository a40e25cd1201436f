import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "./listen.ts";
import { serviceOptions } from "./options.ts";
import { openFakeService, reference, response } from "./service.fake.ts";

const sound = { items: [{ id: "a", clip_id: "c", response, reference }] };
const json = { "Content-Type": "application/json" };

/** Sends a body as it stands to a service without a port. */
async function send(
  body: string | Uint8Array,
  headers: Record<string, string> = {},
  path = "/v1/rewards",
) {
  const { app } = openFakeService();
  const init = { method: "POST", headers: { ...json, ...headers }, body: body as string };
  const answer = await app.request(path, init);
  const text = await answer.text();
  const { error = {} } = JSON.parse(text) as { error?: Record<string, string> };
  return {
    status: answer.status,
    code: error.code,
    path: error.path,
    message: error.message,
    text,
  };
}

const list = (value: string, times: number) => `[${Array(times).fill(value).join(",")}]`;
const items = (value: string, times: number) => `{"items":${list(value, times)}}`;
const item = (fields: string) => `{"items":[{"id":"a","clip_id":"c","response":"x",${fields}}]}`;

describe("what is counted before a schema sees it", () => {
  it.each([
    ["numbers for items", items("0", 130_000), 413, "ITEMS_TOO_MANY", "items"],
    ["empty items", items("{}", 1_000_000), 413, "ITEMS_TOO_MANY", "items"],
    [
      "items of which the last is cut",
      items("{}", 600).slice(0, -2),
      413,
      "ITEMS_TOO_MANY",
      "items",
    ],
    [
      "strings with brackets for items",
      items('"[\\\\\\"{"', 130_000),
      413,
      "ITEMS_TOO_MANY",
      "items",
    ],
    ["empty cues", item(`"cues":${list("{}", 500_000)}`), 413, "CUES_TOO_MANY", "items[0].cues"],
    ["labels", item(`"labels":${list('"joy"', 300)}`), 413, "LABELS_TOO_MANY", "items[0].labels"],
    ["an unknown list", item(`"x":${list("0", 130_000)}`), 413, "LIST_TOO_LONG", "items[0]"],
    ["a list for a body", list("0", 130_000), 413, "LIST_TOO_LONG", "body"],
    ["lists in lists", `{"items":${"[".repeat(1_000_000)}`, 400, "INVALID_REQUEST", undefined],
    ["objects in objects", '{"a":'.repeat(500_000), 400, "INVALID_REQUEST", undefined],
    [
      "unknown fields",
      `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":0`).join(",")}}`,
      400,
      "INVALID_REQUEST",
      "body",
    ],
  ])("refuses %s", async (_name, body, status, code, path) => {
    const answer = await send(body);
    expect(answer).toMatchObject({ status, code });
    expect(answer.path).toBe(path);
    expect(answer.text.length).toBeLessThan(500);
  });

  it("refuses as many wrong cues as fit a request by the first of them", async () => {
    const cues = list("{}", 256);
    const all = Array.from({ length: 512 }, (_, i) => `{"id":"${i}","cues":${cues}}`);
    const answer = await send(`{"items":[${all.join(",")}]}`);
    expect(answer).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
    expect(answer.path).toMatch(/^items\[0\]/);
  });

  it("counts unknown fields, and names the first only if it looks like a name", async () => {
    const some = Array.from({ length: 40 }, (_, i) => `"k${i}":0`).join(",");
    const named = await send(item(`"reference":"x",${some}`));
    expect(named).toMatchObject({ status: 400, path: "items[0].k0" });
    expect(named.message).toContain("39 unknown field(s)");
    const long = await send(item(`"reference":"x","${"<b>".repeat(10_000)}":0`));
    expect(long.status).toBe(400);
    expect(long.text).not.toContain("<b>");
    const text = await send(item(`"reference":"x","${"<b>".repeat(99)}":"${"x".repeat(40_000)}"`));
    expect(text).toMatchObject({ status: 413, code: "TEXT_TOO_LONG", path: "items[0].…" });
  });
});

describe("what a body may be", () => {
  it("refuses bytes that are no UTF-8, and says from where", async () => {
    const gbk = Buffer.concat([
      Buffer.from('{"items":"'),
      Buffer.from([0xb8, 0xdf]),
      Buffer.from('"}'),
    ]);
    for (const [bytes, at] of [
      [gbk, 10],
      [Buffer.from([0xc3, 0x28]), 0],
      [Buffer.from("caf\u00e9", "latin1"), 3],
      [Buffer.from([0xed, 0xa0, 0x80]), 0],
    ] as const) {
      const answer = await send(bytes);
      expect(answer).toMatchObject({ status: 400, code: "BODY_UTF8" });
      expect(answer.message).toContain(`byte ${at}`);
    }
  });

  it("takes a byte order mark, and charset utf-8", async () => {
    expect((await send(`\ufeff${JSON.stringify(sound)}`)).status).toBe(200);
    const named = { "Content-Type": 'application/json; charset="UTF-8"' };
    expect((await send(JSON.stringify(sound), named)).status).toBe(200);
  });

  it.each([
    ["another charset", { "Content-Type": "application/json; charset=latin-1" }, "CONTENT_TYPE"],
    ["UTF-16", { "Content-Type": "application/json;charset=utf-16le" }, "CONTENT_TYPE"],
    ["a packed body", { "Content-Encoding": "gzip" }, "CONTENT_ENCODING"],
    ["a form", { "Content-Type": `text/${"x".repeat(1000)}` }, "CONTENT_TYPE"],
  ])("refuses %s by its headers", async (_name, headers, code) => {
    const answer = await send(JSON.stringify(sound), headers);
    expect(answer).toMatchObject({ status: 415, code });
    expect(answer.text.length).toBeLessThan(300);
  });

  it("takes cues without a word: they resemble nothing", async () => {
    const cues = '[{"modality":"visual","text":"😀"},{"modality":"emotion","text":"<"}]';
    const body = `{"items":[{"id":"a","clip_id":"c","response":${JSON.stringify(response)},"labels":"joy","cues":${cues}}]}`;
    expect((await send(body)).status).toBe(200);
  });
});

describe("hosts", () => {
  const to = async (host: string, key?: string, options = {}) => {
    const { app } = openFakeService(key === undefined ? {} : { apiKey: key }, options);
    const headers = { Authorization: `Bearer ${key}` };
    return (await app.request(`http://${host}/v1/capabilities`, { headers })).status;
  };

  it("answers without a key only who asks this machine by its own name", async () => {
    for (const host of [
      "localhost:8791",
      "127.0.0.1:8791",
      "127.0.0.9",
      "[::1]:8791",
      "LOCALHOST",
    ]) {
      expect([host, await to(host)]).toEqual([host, 200]);
    }
    for (const host of ["evil.com", "127.0.0.1.evil.com:8791", "localhost.evil.com", "10.0.0.1"]) {
      expect([host, await to(host)]).toEqual([host, 403]);
    }
  });

  it("answers any name with a key, and names of service.hosts without", async () => {
    expect(await to("gpu01:8791", "secret")).toBe(200);
    expect(await to("GPU01:8791", undefined, { hosts: ["gpu01"] })).toBe(200);
  });
});

const sockets: Socket[] = [];
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const close of closers.splice(0)) await close();
});

async function serve(limits: Record<string, number> = {}) {
  const lines: string[] = [];
  const options = serviceOptions.parse({ port: 0, drainSec: 1, limits });
  const service = openFakeService({ log: (line) => lines.push(line) }, { limits });
  const { url, port, close } = await listen(service, options, undefined);
  closers.push(close);
  return { url, port, lines };
}

/** Opens a connection, sends `head` and gives what comes back until it ends. */
function raw(port: number, head: string): { socket: Socket; answer: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  socket.write(head);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  const answer = new Promise<string>((resolve) => {
    socket.on("error", () => resolve(text));
    socket.on("close", () => resolve(text));
  });
  return { socket, answer };
}

const head = (length: number) =>
  `POST /v1/rewards HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
const chunkedHead = head(0).replace("Content-Length: 0", "Transfer-Encoding: chunked");
const post = (url: string) =>
  fetch(`${url}/v1/rewards`, { method: "POST", headers: json, body: JSON.stringify(sound) });
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("bodies that do not come", () => {
  it("take nobody's room, and are given up", async () => {
    const { url, port } = await serve({ bodyIdleSec: 1, queuedBytes: 2 ** 20, bodyBytes: 2 ** 19 });
    const silent = Array.from({ length: 40 }, (_, i) =>
      raw(port, i % 2 ? head(2 ** 19) : chunkedHead),
    );
    await wait(100);
    for (let i = 0; i < 5; i++) expect((await post(url)).status).toBe(200);
    const given = await Promise.all(silent.map(({ answer }) => answer));
    for (const text of given) expect(text).toMatch(/^HTTP\/1.1 408 .*BODY_TIMEOUT/s);
  });

  it("are given up at the time for all of it, however slowly bytes drip", async () => {
    const { port } = await serve({ bodyIdleSec: 10, bodySec: 1 });
    const { socket, answer } = raw(port, head(100_000));
    const drip = setInterval(() => socket.write(" "), 50);
    const text = await answer;
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1.1 408 /);
  });

  it("leave their room to others once they stand still", async () => {
    const { url, port } = await serve({ queuedBytes: 2 ** 17, bodyBytes: 2 ** 16 });
    const half = [
      raw(port, `${head(2 ** 16)}${" ".repeat(2 ** 16 - 1)}`),
      raw(port, `${head(2 ** 16)}${" ".repeat(2 ** 16 - 1)}`),
    ];
    await wait(1300);
    expect((await post(url)).status).toBe(200);
    expect(await half[0]!.answer).toMatch(/408 .*BODY_STALLED/s);
  });

  it("are no fault of the service when the caller hangs up", async () => {
    const { url, port, lines } = await serve();
    for (const start of [head(1000), `${head(1000)}{"items"`, chunkedHead]) {
      const { socket } = raw(port, start);
      await wait(50);
      socket.destroy();
    }
    await wait(100);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).not.toContain('status="500"');
    expect(metrics).toContain('oppo_request_seconds_count{route="/v1/rewards",status="499"} 3');
    expect(lines).toEqual([]);
  });

  it("that are too large are refused in words, not by a cut connection", async () => {
    const { port } = await serve({ bodyBytes: 2 ** 20 });
    const { socket, answer } = raw(port, head(2 ** 20 + 1));
    socket.end(Buffer.alloc(2 ** 20 + 1, 32));
    expect(await answer).toMatch(/^HTTP\/1.1 413 .*BODY_TOO_LARGE/s);
  });
});
