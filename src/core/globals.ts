/**
 * Node 20 lacks two globals that dependencies read: jax-js looks at `navigator`, node-av's
 * high-level API calls `Promise.withResolvers` and, without it, decodes zero frames without an
 * exception. Import this module for its effect before either of them.
 */
const globals = globalThis as { navigator?: unknown };
if (globals.navigator === undefined) {
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
}

interface Resolvers {
  promise: Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}
const promise = Promise as unknown as { withResolvers?: () => Resolvers };
promise.withResolvers ??= () => {
  const parts = {} as Resolvers;
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
};

export {};
