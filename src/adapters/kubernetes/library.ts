import { registerHooks } from 'node:module';

/** The part of the library that reads the kubeconfig and asks whoever gives out credentials. */
type Library = typeof import('@kubernetes/client-node/dist/config.js') &
  Pick<typeof import('@kubernetes/client-node/dist/gen/http/http.js'), 'RequestContext'>;

// `gen/index.js` is all kinds of object of Kubernetes: 800 files, 50 MB of memory. The part we use needs two names of it.
const WHOLE = './gen/index.js';
const ASKS_FOR_IT = '/@kubernetes/client-node/dist/config.js';
const NEEDED = { createConfiguration: './gen/configuration.js', ServerConfiguration: './gen/servers.js' };

let library: Promise<Library> | null = null;

/** Loads it once (decision 0042). @throws Error when it is not installed, or its files are laid out in another way */
export function loadLibrary(): Promise<Library> {
  library ??= load();
  return library;
}

async function load(): Promise<Library> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const { parentURL } = context;
      if (specifier !== WHOLE || parentURL?.endsWith(ASKS_FOR_IT) !== true) return next(specifier, context);
      const lines = Object.entries(NEEDED).map(
        ([name, file]) => `export { ${name} } from ${JSON.stringify(new URL(file, parentURL).href)};`,
      );
      const url = `data:text/javascript,${encodeURIComponent(lines.join('\n'))}`;
      return { url, format: 'module', shortCircuit: true };
    },
  });
  try {
    const [config, { RequestContext }] = await Promise.all([
      import('@kubernetes/client-node/dist/config.js'),
      import('@kubernetes/client-node/dist/gen/http/http.js'),
    ]);
    return { ...config, RequestContext };
  } finally {
    hooks.deregister();
  }
}
