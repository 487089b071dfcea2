/** Bundles the extension and the script of its panel into dist/; `--tests` bundles the extension-host suites. */
import { build } from 'esbuild';

const common = { bundle: true, minify: true, sourcemap: false, legalComments: 'none', logLevel: 'warning' };

await build({
    ...common,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
});
await build({
    ...common,
    entryPoints: { panel: 'src/panel/webview/main.ts' },
    outdir: 'dist',
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
});
if (process.argv.includes('--tests')) {
    await build({
        ...common,
        minify: false,
        entryPoints: ['everyday', 'folders', 'restricted'].map((suite) => `test/host/${suite}.ts`),
        outdir: 'dist/test',
        platform: 'node',
        target: 'node20',
        format: 'cjs',
        external: ['vscode'],
    });
}
