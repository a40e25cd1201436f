interface Closable {
  close?: () => Promise<void>;
}

/**
 * Runs `work` and then closes, newest first, whatever it kept: also when opening the next one
 * failed.
 */
export async function withOpened<T>(
  work: (keep: <R extends Closable>(resource: R) => R) => Promise<T>,
): Promise<T> {
  const opened: Closable[] = [];
  try {
    return await work((resource) => {
      opened.push(resource);
      return resource;
    });
  } finally {
    for (const resource of opened.reverse()) await resource.close?.();
  }
}
