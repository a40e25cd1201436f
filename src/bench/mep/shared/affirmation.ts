/**
 * A statement counts as affirmed when the input makes it at least 1.5 times as likely as it is with
 * both streams blank: the policy's habits and the phrase's length cancel.
 */
export const affirmationMarginNats = Math.log(1.5);

/**
 * `given` and `blind`: log-prob (nats) of the statement with the input, and with both streams
 * blank.
 */
export const affirms = (given: number, blind: number): boolean =>
  given > blind + affirmationMarginNats;
