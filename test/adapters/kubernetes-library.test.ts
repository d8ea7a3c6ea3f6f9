import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const LIBRARY = pathToFileURL('src/adapters/kubernetes/library.ts').href;

/** A process of its own: here somebody else may have loaded the whole. */
function loaded(): { readonly files: readonly string[]; readonly server: string } {
  const script = `
    import { registerHooks } from 'node:module';
    const files = [];
    registerHooks({ load(url, context, next) { files.push(url); return next(url, context); } });
    const { loadLibrary } = await import(${JSON.stringify(LIBRARY)});
    const { KubeConfig, RequestContext } = await loadLibrary();
    const config = new KubeConfig();
    config.loadFromClusterAndUser({ name: 'c', server: 'https://c.example' }, { name: 'u', token: 'secret' });
    const context = new RequestContext('https://c.example/api', 'GET');
    await config.applySecurityAuthentication(context);
    console.log(JSON.stringify({ files, token: context.getHeaders().Authorization, server: config.getCurrentCluster().server }));
  `;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

test('the part of the library that makes credentials is loaded, and none of the kinds of object', () => {
  const { files, ...made } = loaded();
  expect(made).toEqual({ server: 'https://c.example', token: 'Bearer secret' });
  const kinds = files.filter((url) => /client-node\/dist\/gen\/(models|apis|types)\//.test(url));
  expect(kinds).toEqual([]);
  expect(files.some((url) => url.endsWith('/client-node/dist/gen/configuration.js'))).toBe(true);
});
