/** Commander leaves absent options undefined; ours are exact optional. */
export const given = <T extends object>(options: object): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
