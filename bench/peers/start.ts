import { readFileSync } from 'node:fs';

// A fresh process that loads the configuration and the runbooks when it is asked, and nothing else of the bot; or only what
// other people wrote of that.
const EXAMPLE = new URL('../../oms.example.yaml', import.meta.url);

process.on('message', (question: { readonly start?: 'ours' | 'vendors' }) => {
  if (question.start === 'ours') void ours().then((answer) => process.send?.(answer));
  if (question.start === 'vendors') void vendors().then((answer) => process.send?.(answer));
});
// Being asked keeps nobody alive; SIGTERM ends it.
setInterval(() => undefined, 60_000);
// What was compiled is kept at an exit, and SIGTERM is none.
process.on('SIGTERM', () => process.exit());
console.log('ready');

async function ours() {
  const began = performance.now();
  const [{ readConfig }, { CATALOGUE }, { rulesOf }] = await Promise.all([
    import('../../src/config.ts'),
    import('../../src/runbooks/catalogue.ts'),
    import('../../src/rules-of.ts'),
  ]);
  const loaded = performance.now();
  const text = readFileSync(EXAMPLE, 'utf8');
  rulesOf(readConfig({ env: {}, readFile: () => text }), false);
  return { load: loaded - began, read: performance.now() - loaded, runbooks: CATALOGUE.length };
}

async function vendors() {
  const began = performance.now();
  await Promise.all([import('zod'), import('yaml'), import('fastest-levenshtein')]);
  return { load: performance.now() - began };
}
