#!/usr/bin/env node
// `npx oms …`: the command line, under the project's own Node.
process.argv.splice(2, 0, 'src/cli/main.ts');
await import('./run.mjs');
