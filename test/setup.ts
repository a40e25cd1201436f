import "../src/core/globals.ts";
