export const quote = (text: string): string => JSON.stringify(text);

/** Three decimals at most, without trailing zeros. */
export const show = (value: number): string => String(Number(value.toFixed(3)));
