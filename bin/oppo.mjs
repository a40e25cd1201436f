#!/usr/bin/env node
// TypeScript runs directly through tsx: no build step stands between a change and the command.
import { register } from "tsx/esm/api";

register();
await import("../src/cli/main.ts");
