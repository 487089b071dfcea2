// usage: node .ci/stylua.mjs MODULES check|write FILE...
// Formats Lua as editors/neovim/stylua.toml says; MODULES is the node_modules folder with
// @johnnymorganz/stylua. With `check`, names what is not formatted and fails.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [modules, mode, ...files] = process.argv.slice(2);
const stylua = createRequire(join(resolve(modules), 'x.js'))('@johnnymorganz/stylua');

const settings = {};
const toml = readFileSync(new URL('../editors/neovim/stylua.toml', import.meta.url), 'utf8');
for (const [, name, value] of toml.matchAll(/^(\w+) = (.*)$/gm)) settings[name] = JSON.parse(value);

function config() {
  const made = stylua.Config.new();
  made.column_width = settings.column_width;
  made.indent_width = settings.indent_width;
  made.indent_type = stylua.IndentType[settings.indent_type];
  made.quote_style = stylua.QuoteStyle[settings.quote_style];
  made.call_parentheses = stylua.CallParenType[settings.call_parentheses];
  return made;
}

let unformatted = 0;
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  // A configuration is used up by one call.
  const formatted = stylua.formatCode(text, config(), undefined, stylua.OutputVerification.Full);
  if (formatted === text) continue;
  unformatted += 1;
  if (mode === 'write') writeFileSync(file, formatted);
  else console.error(`${file} is not formatted`);
}
process.exit(mode === 'check' && unformatted > 0 ? 1 : 0);
