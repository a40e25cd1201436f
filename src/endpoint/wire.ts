import type { ChatAnswer, ChatMessage, ChatPart, ChatRequest } from "./port.ts";

export interface WireOptions {
  model: string;
  /** Newer OpenAI models take `max_completion_tokens` only. */
  tokenField: "max_tokens" | "max_completion_tokens";
  /** Further fields, sent as they are (`top_p`, vLLM's `repetition_penalty`). */
  extra: Readonly<Record<string, unknown>>;
}

/** The body of `POST /chat/completions`. */
export function encodeRequest(request: ChatRequest, options: WireOptions): string {
  const { schema, seed } = request;
  return JSON.stringify({
    model: options.model,
    messages: request.messages.map(encodeMessage),
    temperature: request.temperature,
    [options.tokenField]: request.maxTokens,
    ...(seed !== undefined && { seed }),
    ...(schema && {
      response_format: {
        type: "json_schema",
        json_schema: { name: schema.name, schema: schema.schema, strict: true },
      },
    }),
    ...options.extra,
  });
}

const encodeMessage = ({ role, content }: ChatMessage) => ({
  role,
  content: typeof content === "string" ? content : content.map(encodePart),
});

function encodePart(part: ChatPart) {
  switch (part.kind) {
    case "text":
      return { type: "text", text: part.text };
    case "image":
      return { type: "image_url", image_url: { url: dataUrl(part.mime, part.bytes) } };
    case "audio":
      return {
        type: "input_audio",
        input_audio: { data: base64(part.bytes), format: part.format },
      };
    case "video":
      return { type: "video_url", video_url: { url: dataUrl(part.mime, part.bytes) } };
  }
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
const dataUrl = (mime: string, bytes: Uint8Array): string => `data:${mime};base64,${base64(bytes)}`;

/** What is wrong with an answer's body; the adapter makes an error of it. */
export class WireFault {
  readonly code: "ENDPOINT_BROKEN" | "ENDPOINT_EMPTY" | "ENDPOINT_ANSWER";
  readonly message: string;

  constructor(code: WireFault["code"], message: string) {
    this.code = code;
    this.message = message;
  }
}

/** Reads an answer's body; a `WireFault` comes back where there is no usable answer in it. */
export function decodeAnswer(body: string): Omit<ChatAnswer, "attempts"> | WireFault {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return new WireFault("ENDPOINT_BROKEN", `the answer is not whole JSON: ${excerpt(body)}`);
  }
  const { choices, usage } = (json ?? {}) as { choices?: unknown; usage?: unknown };
  if (!Array.isArray(choices)) {
    return new WireFault("ENDPOINT_ANSWER", `the answer has no choices: ${excerpt(body)}`);
  }
  const choice = choices[0] as { message?: unknown; finish_reason?: unknown } | undefined;
  if (choice === undefined)
    return new WireFault("ENDPOINT_EMPTY", "the answer's choices are empty");
  const text = textOf(choice.message);
  if (text === undefined) {
    return new WireFault("ENDPOINT_ANSWER", `the first choice has no message: ${excerpt(body)}`);
  }
  const counted = usageOf(usage);
  const reasoning = reasoningOf(choice.message as object);
  return {
    text,
    finish: finishOf(choice.finish_reason),
    ...(reasoning && { reasoning }),
    ...(counted && { usage: counted }),
  };
}

function textOf(message: unknown): string | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const { content, refusal } = message as { content?: unknown; refusal?: unknown };
  if (typeof content === "string") return content;
  if (Array.isArray(content)) {
    const texts = content.map((part: { text?: unknown } | null) => part?.text ?? "");
    return texts.every((text) => typeof text === "string") ? texts.join("") : undefined;
  }
  // A refusal is the model's answer, and a null content is an empty one.
  if (content === null || content === undefined) return typeof refusal === "string" ? refusal : "";
  return undefined;
}

/** Fields of thinking: vLLM, SGLang and DeepSeek; newer vLLM and OpenRouter; Ollama. */
const reasoningFields = ["reasoning_content", "reasoning", "thinking"] as const;

function reasoningOf(message: object): ChatAnswer["reasoning"] {
  for (const field of reasoningFields) {
    const text = (message as Record<string, unknown>)[field];
    if (typeof text === "string" && text.trim() !== "") return { field, text };
  }
  const { content } = message as { content?: unknown };
  if (!Array.isArray(content)) return undefined;
  const text = content.map(thinkingPart).join("");
  return text.trim() === "" ? undefined : { field: "content, parts of thinking", text };
}

/** `{type: "thinking", thinking: "…"}`, or a list of texts there, as Mistral sends it. */
function thinkingPart(part: { thinking?: unknown } | null): string {
  const thinking = part?.thinking;
  if (typeof thinking === "string") return thinking;
  if (!Array.isArray(thinking)) return "";
  return thinking
    .map((one: { text?: unknown } | null) => (typeof one?.text === "string" ? one.text : ""))
    .join("");
}

function finishOf(reason: unknown): ChatAnswer["finish"] {
  return reason === "stop" || reason === "length" ? reason : "other";
}

function usageOf(usage: unknown): ChatAnswer["usage"] {
  const { prompt_tokens: prompt, completion_tokens: completion } = (usage ?? {}) as {
    prompt_tokens?: unknown;
    completion_tokens?: unknown;
  };
  if (typeof prompt !== "number" && typeof completion !== "number") return undefined;
  return { promptTokens: countOf(prompt), completionTokens: countOf(completion) };
}

const countOf = (value: unknown): number => (typeof value === "number" ? value : 0);
const excerpt = (text: string): string =>
  JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
