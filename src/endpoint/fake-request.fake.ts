import { sha256 } from "../core/files.ts";

/** A request as the fake server understood it. */
export interface FakeRequest {
  model: string;
  /** All text parts of all messages, joined by line breaks. */
  text: string;
  media: FakeMedia[];
  temperature: number;
  maxTokens: number;
  schema: unknown;
  seed: number | undefined;
  authorization: string | undefined;
  /** Of text and media: a repeat under another seed counts as the same. */
  contentHash: string;
}

export interface FakeMedia {
  kind: "image" | "audio" | "video";
  /** sha256 of the decoded bytes. */
  hash: string;
  bytes: number;
  /** Images. */
  width?: number;
  height?: number;
  /** Audio. */
  sampleRateHz?: number;
  durationSec?: number;
}

/** Reads a request's body; a sentence comes back where a server would refuse it. */
export function checkBody(body: string, authorization: string | undefined): FakeRequest | string {
  try {
    const json = JSON.parse(body);
    const texts: string[] = [];
    const media: FakeMedia[] = [];
    if (!Array.isArray(json.messages) || json.messages.length === 0) return "no messages";
    for (const { role, content } of json.messages) {
      if (!["system", "user", "assistant"].includes(role)) return `unknown role ${role}`;
      const parts = typeof content === "string" ? [{ type: "text", text: content }] : content;
      for (const part of parts) {
        if (part.type === "text") texts.push(part.text);
        else media.push(checkMedia(part));
      }
    }
    if (texts.some((text) => typeof text !== "string")) return "a text part without text";
    const text = texts.join("\n");
    return {
      model: json.model,
      text,
      media,
      temperature: json.temperature,
      maxTokens: json.max_tokens ?? json.max_completion_tokens,
      schema: json.response_format?.json_schema?.schema,
      seed: json.seed,
      authorization,
      contentHash: sha256([text, ...media.map(({ hash }) => hash)].join()),
    };
  } catch (error) {
    return `bad request: ${String(error)}`;
  }
}

function checkMedia(part: {
  type: string;
  image_url?: { url: string };
  video_url?: { url: string };
  input_audio?: { data: string; format: string };
}): FakeMedia {
  if (part.type === "image_url") return imageOf(decodeUrl(part.image_url!.url, "image/"));
  if (part.type === "video_url") {
    const bytes = decodeUrl(part.video_url!.url, "video/");
    return { kind: "video", hash: sha256(bytes), bytes: bytes.length };
  }
  if (part.type === "input_audio") {
    if (part.input_audio!.format !== "wav") throw new Error("audio is not wav");
    return audioOf(decode(part.input_audio!.data));
  }
  throw new Error(`unknown part ${part.type}`);
}

function decodeUrl(url: string, mime: string): Buffer {
  const match = /^data:([^;]+);base64,(.*)$/s.exec(url);
  if (!match?.[1]?.startsWith(mime)) throw new Error(`not a data URL of ${mime}`);
  return decode(match[2]!);
}

function decode(base64: string): Buffer {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length === 0 || bytes.toString("base64") !== base64) throw new Error("bad base64");
  return bytes;
}

/** JPEG: markers from start to end; the size stands in the frame header. */
function imageOf(bytes: Buffer): FakeMedia {
  if (bytes.readUInt16BE(0) !== 0xffd8) throw new Error("not a JPEG");
  if (bytes.readUInt16BE(bytes.length - 2) !== 0xffd9) throw new Error("JPEG is cut");
  for (let at = 2; at < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt16BE(at);
    if (marker < 0xffc0 || marker > 0xffc2) continue;
    const [height, width] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
    return { kind: "image", hash: sha256(bytes), bytes: bytes.length, width, height };
  }
  throw new Error("JPEG without a frame header");
}

function audioOf(bytes: Buffer): FakeMedia {
  if (bytes.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WAVE") {
    throw new Error("not a WAV file");
  }
  if (bytes.readUInt32LE(4) !== bytes.length - 8) throw new Error("WAV is cut");
  const sampleRateHz = bytes.readUInt32LE(24);
  const durationSec = (bytes.length - 44) / bytes.readUInt32LE(28);
  return { kind: "audio", hash: sha256(bytes), bytes: bytes.length, sampleRateHz, durationSec };
}
