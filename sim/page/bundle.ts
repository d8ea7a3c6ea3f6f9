import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';

/** The page's code and looks, ready for a browser. */
export interface Bundle {
  readonly script: string;
  readonly style: string;
}

/** Bundles the React page in memory; takes a fraction of a second. */
export async function bundlePage(): Promise<Bundle> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('app/main.tsx', import.meta.url))],
    bundle: true,
    write: false,
    outdir: '/',
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    // The library carries no types of its styles, and a browser needs only these two files.
    logLevel: 'silent',
  });
  // Its helper process would outlive the bundling.
  await stop();
  const file = (ending: string) => result.outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  return { script: file('.js'), style: file('.css') };
}
