import type { Policy } from "../../src/policy/port.ts";

/** Milliseconds spent in each method of a policy. */
export type Spent = Map<string, number>;

/** The same policy, with the time of every call added to `spent` under the method's name. */
export function watched(policy: Policy, spent: Spent, prefix = ""): Policy {
  return new Proxy(policy, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => {
        const began = performance.now();
        try {
          return await (value as (...all: unknown[]) => unknown).apply(target, args);
        } finally {
          const name = prefix + String(key);
          spent.set(name, (spent.get(name) ?? 0) + performance.now() - began);
        }
      };
    },
  });
}

/**
 * The same policy; `told` hears how much processor time the process, all its threads together, has
 * spent from the first call on when a call of `last` ends. On a machine that others use as well it
 * varies much less than the time on the wall.
 */
export function processorTime(
  policy: Policy,
  last: keyof Policy,
  told: (ms: number) => void,
): Policy {
  let began: NodeJS.CpuUsage | undefined;
  return new Proxy(policy, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return async (...args: unknown[]) => {
        began ??= process.cpuUsage();
        const result: unknown = await (value as (...all: unknown[]) => unknown).apply(target, args);
        const { user, system } = process.cpuUsage(began);
        if (key === last) told((user + system) / 1000);
        return result;
      };
    },
  });
}
