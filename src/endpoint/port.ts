/**
 * A chat model behind a protocol: the model under test, a judge, a label extractor. Adapters own
 * retries, rate limits and the wire format; callers see one answer or one error.
 */
export interface ChatModel {
  /** Model and server, written into every record. */
  readonly id: string;
  /** @throws EndpointError when no usable answer came within the adapter's retries. */
  chat(request: ChatRequest): Promise<ChatAnswer>;
}

export interface ChatRequest {
  messages: readonly ChatMessage[];
  /** 0 is greedy. */
  temperature: number;
  maxTokens: number;
  seed?: number;
  /** A reply that a cache remembers was of no use: ask, and remember the new one. */
  fresh?: boolean;
  /** Asks for JSON that follows this schema; the caller still checks what comes back. */
  schema?: { name: string; schema: Readonly<Record<string, unknown>> };
}

export interface ChatMessage {
  role: "system" | "user" | "assistant";
  content: string | readonly ChatPart[];
}

export type ChatPart =
  | { kind: "text"; text: string }
  | { kind: "image"; bytes: Uint8Array; mime: "image/jpeg" | "image/png" }
  | { kind: "audio"; bytes: Uint8Array; format: "wav" | "mp3" }
  | { kind: "video"; bytes: Uint8Array; mime: string };

export interface ChatAnswer {
  text: string;
  /** `length`: cut at maxTokens. */
  finish: "stop" | "length" | "other";
  /** The model's thinking, where the server parts it from the text, and the field it stood in. */
  reasoning?: { field: string; text: string };
  /** As the server counted; absent where it does not say. */
  usage?: TokenUsage;
  /** Requests made for this answer, the failed ones included. */
  attempts: number;
}

export interface TokenUsage {
  promptTokens: number;
  completionTokens: number;
}
