import type { FusedRules } from "../lower.ts";

export const fusedRules: FusedRules = {};
