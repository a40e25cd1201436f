/** Chat models behind servers: retries, rate limits, a cache. */
export { cachedChat, requestKey } from "./chat-cache.ts";
export { type Clock, systemClock } from "./clock.ts";
export { type ChatModelOptions, openChatModel } from "./openai-chat.ts";
export * from "./port.ts";
export type { RateLimits } from "./rate-limit.ts";
export { defaultRetryPolicy, type RetryPolicy } from "./retry.ts";
