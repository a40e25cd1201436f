import type { z } from "zod";
import { EndpointError } from "../../core/errors.ts";
import type { ChatMessage, ChatModel } from "../../endpoint/port.ts";

/** A question to a chat model whose answer must be JSON of a given shape. */
export interface Question<T> {
  /** Name of the schema, as the server is told. */
  name: string;
  system: string;
  user: string;
  /**
   * JSON Schema for the server; `parse` checks what comes back, for not every server enforces it.
   */
  schema: Readonly<Record<string, unknown>>;
  answer: z.ZodType<T>;
  /** What else must hold, as a complaint that the model is shown; null when content. */
  complaint(value: T): string | null;
  tries: number;
  maxTokens: number;
}

/**
 * Asks until the answer is well-formed, each time with the complaint about the one before.
 * @throws EndpointError MODEL_ANSWER when no try was; EndpointErrors of the model itself.
 */
export async function askForJson<T>(model: ChatModel, question: Question<T>): Promise<T> {
  const { name, schema, maxTokens, tries } = question;
  const messages: ChatMessage[] = [
    { role: "system", content: question.system },
    { role: "user", content: question.user },
  ];
  let complaint = "";
  for (let attempt = 0; attempt < tries; attempt++) {
    const reply = await model.chat({
      messages,
      temperature: 0,
      maxTokens,
      seed: attempt,
      schema: { name, schema },
    });
    const result =
      reply.finish === "length" ? { complaint: "it was cut" } : read(reply.text, question);
    if ("value" in result) return result.value;
    complaint = result.complaint;
    messages.push(
      { role: "assistant", content: reply.text },
      {
        role: "user",
        content: `That answer can't be used: ${complaint}. Answer again, JSON only.`,
      },
    );
  }
  throw new EndpointError(
    "MODEL_ANSWER",
    `${model.id} gave no usable ${name} in ${tries} tries: ${complaint}`,
    { hint: "use a stronger model, or one whose server enforces JSON schemas" },
  );
}

function read<T>(text: string, question: Question<T>): { value: T } | { complaint: string } {
  let json: unknown;
  try {
    json = JSON.parse(unfenced(text));
  } catch {
    return { complaint: "it is not JSON" };
  }
  const parsed = question.answer.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    return { complaint: `${path.map(String).join(".") || "it"}: ${message}` };
  }
  const complaint = question.complaint(parsed.data);
  return complaint === null ? { value: parsed.data } : { complaint };
}

/** Models like to wrap JSON in a code fence. */
function unfenced(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text;
}
