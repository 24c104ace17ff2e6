// Writes src/generated from the JSON Schema of core/protocol. Run by `npm run generate`.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { _, Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { compile } from 'json-schema-to-typescript';
import { forTypes, forValidators } from './schema.mjs';

const SCHEMA = new URL('../../../../core/protocol/schema.json', import.meta.url);
const TARGET = new URL('../src/generated/', import.meta.url);
const BANNER = '// Generated from core/protocol/schema.json by `npm run generate`. Do not edit.\n';

/** What a browser receives and therefore checks. */
const INCOMING = [
  'ErrorBody',
  'Invite',
  'InvitePreview',
  'Joined',
  'Me',
  'ServerMessage',
  'SessionInfo',
  'SessionList',
  'CobrowseSettings',
  'SessionRecord',
  'Snapshot',
];

const document = JSON.parse(await readFile(SCHEMA, 'utf8'));
await mkdir(TARGET, { recursive: true });

const root = 'SightlineProtocolRoot';
const types = await compile({ title: root, type: 'object', $defs: forTypes(document) }, root, {
  additionalProperties: false,
  bannerComment: BANNER,
  unreachableDefinitions: true,
  style: { singleQuote: true, printWidth: 100 },
});
await writeFile(
  new URL('types.ts', TARGET),
  types
    .replace(new RegExp(`export interface ${root} \\{\\}\\n`), '')
    // The compiler notes which definition each type came from; the name says it already.
    .replace(
      / \*\n \* This interface was referenced by [^\n]*\n \* via the `definition` [^\n]*\n/g,
      '',
    )
    .replace(
      /\/\*\*\n \* This interface was referenced by [^\n]*\n \* via the `definition` [^\n]*\n \*\/\n/g,
      '',
    ),
);

const ajv = new Ajv({
  code: { source: true, esm: true, lines: false, optimize: 2 },
  discriminator: true,
  messages: false,
  strict: true,
  strictTypes: false,
  inlineRefs: false,
  unicodeRegExp: false,
});
ajv.addKeyword({
  keyword: 'openEnum',
  type: 'string',
  schemaType: 'array',
  modifying: true,
  // A code keyword, so that the generated validator needs no library: rewrites a string that is
  // not in the list to `unknown`.
  code(context) {
    const { gen, data, schema, it } = context;
    const known = schema.map((value) => _`${data} === ${value}`).reduce((a, b) => _`${a} || ${b}`);
    gen.if(_`!(${known})`, () => {
      gen.assign(_`${it.parentData}[${it.parentDataProperty}]`, _`"unknown"`);
    });
  },
});
ajv.addSchema({ $id: 'protocol', $defs: forValidators(document) });
const names = INCOMING.map((name) => [`is${name}`, `protocol#/$defs/${name}`]);
const code = standaloneCode.default(ajv, Object.fromEntries(names));
// Pages only ask whether a value is valid; the descriptions of errors would be half of the code.
const ERROR = /\{instancePath[^{}]*,schemaPath:[^{}]*,params:\{[^{}]*\}\}/g;
await writeFile(
  new URL('validators.js', TARGET),
  BANNER +
    code
      .replace(/^"use strict";/, '')
      .replace(ERROR, '0')
      .replaceAll(';', ';\n'),
);
const imports = INCOMING.join(', ');
const declarations = INCOMING.map(
  (name) => `export function is${name}(value: unknown): value is ${name};`,
);
await writeFile(
  new URL('validators.d.ts', TARGET),
  `${BANNER}import type { ${imports} } from './types';\n\n${declarations.join('\n')}\n`,
);
await writeFile(
  new URL('limits.ts', TARGET),
  `${BANNER}export const PROTOCOL_VERSION = ${document['x-protocol-version']};\n` +
    `export const LIMITS = ${JSON.stringify(document['x-limits'], null, 2)} as const;\n`,
);
