import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { useOfForeign, useOfHtml } from '../src/attributes';
import { type CssHost, collectNames, noNames, scrubDeclarations, scrubSheet } from '../src/css';
import { Echo } from '../src/echo';
import { placed } from '../src/renumber';
import { fitsUrl } from '../src/rules';
import { hex, softwareSha256 } from '../src/sha256';
import { type Changes, MASK, type Masked, type Snapshot } from '../src/wire';
import { plainWords } from '../src/words';

const SOURCE = new URL('../src/', import.meta.url);

function host(visible: boolean | null): CssHost {
  return {
    asset: () => 'HASH',
    repeats: (text) => text.includes('echoed'),
    drawn: () => null,
    alias: (name) => name.slice(1),
    waits: () => {},
    isPublic: () => visible,
  };
}

test('only the gate makes masked texts and events', () => {
  const makers = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) =>
      /\bas Masked\b|\[sealed\]:/.test(readFileSync(new URL(name, SOURCE), 'utf8')),
    );
  expect(makers).toEqual(['gate.ts']);
});

test('content and pictures of hidden places do not travel with a style sheet', () => {
  const css =
    '/* note */.a::before{content:"secret 1";background:url(/x?token)}.a{--pin:secret1;color:red}';
  const hidden = scrubSheet(css, host(false));
  expect(hidden).not.toMatch(/secret|note|token|HASH/);
  expect(hidden).toContain('color:red');
  expect(scrubSheet(css, host(true))).toContain('content:"secret 1"');
  expect(scrubSheet(css, host(true))).toContain('url("HASH")');
  expect(scrubSheet('.b::after{content:"echoed"}', host(true))).not.toContain('echoed');
  expect(scrubSheet('input[value="secret"]{color:red}p{color:blue}', host(true))).toBe(
    'p{color:blue}',
  );
});

test('a style sheet keeps what it looks like', () => {
  const css =
    '@media (min-width:600px){.a:hover>.b{margin:0 auto;grid-area:1/2}}.i::before{content:"\\f101"}@font-face{font-family:"X";src:url("x.woff2")}';
  expect(scrubSheet(css, host(null))).toBe(
    '@media (min-width:600px){.a:hover>.b{margin:0 auto;grid-area:1/2}}.i::before{content:"\\f101"}@font-face{font-family:"X";src:url("HASH")}',
  );
  const font = ':root{--font:"Segoe UI",sans-serif;--gap:4px}';
  expect(scrubSheet(font, host(true))).toBe(font);
});

test('an address over several lines is one address', () => {
  const css = `:root{--icon:url('data:image/svg+xml,<svg \\\n role="x">')}.a{content:var(--icon)}`;
  const asked: string[] = [];
  const seen = { ...host(true), asset: (url: string) => `HASH${asked.push(url)}` };
  expect(scrubSheet(css, seen)).toBe(':root{--icon:url("HASH1")}.a{content:var(--icon)}');
  expect(asked).toEqual(['data:image/svg+xml,<svg  role="x">']);
});

test('what a guest shows gets numbers of its own, and its texts are looked at again', () => {
  const show = (text: string) => (text.includes('echoed') ? '•' : text) as Masked;
  const given = JSON.parse(
    '{"root":[9,1,"d",[[1,2,"p",{"title":"echoed"},{"v":"echoed"},[[3,3,"said"]],null]],[],0],"view":[1,1,0,0]}',
  ) as Snapshot;
  expect(placed(given, 7, 100, show)).toEqual([
    [
      'i',
      7,
      [9, 101, 'd', [[1, 102, 'p', { title: '•' }, { v: '•' }, [[3, 103, 'said']], null]], [], 0],
    ],
  ]);
  const changes = JSON.parse(
    '[["c",2,0,1,[3,[3,4,"echoed"]]],["w",1,1,0,0],["t",3,"x"]]',
  ) as Changes;
  expect(placed(changes, 7, 100, show)).toEqual([
    ['c', 102, 0, 1, [103, [3, 104, '•']]],
    ['t', 103, 'x'],
  ]);
  // A guest cannot name a node that is not its own.
  for (const bad of ['[["t",100,"x"]]', '[["t",-1,"x"]]', '[["t","7","x"]]'])
    expect(() => placed(JSON.parse(bad) as Changes, 7, 100, show)).toThrow(RangeError);
});

test('a broken style sheet ends somewhere', () => {
  for (const css of ['.a{', '"', '.a{b:url(', '/*', '}}}', '\\', '@media{', '.a{content:"\\']) {
    expect(typeof scrubSheet(css, host(null))).toBe('string');
  }
});

test('declarations of a hidden element keep no text and no address', () => {
  expect(
    scrubDeclarations('color:red;--x:a1;background:url(a);font-family:"A"', host(null), false),
  ).toBe('color:red');
});

test('names are those that a sheet speaks of', () => {
  const names = noNames();
  collectNames('.a.b-c>#d[data-x="1"] [hidden]{}', names);
  expect([...names.classes]).toEqual(['a', 'b-c']);
  expect([...names.ids]).toEqual(['d']);
  expect(names.attributes.get('data-x')).toEqual(new Set(['1']));
  expect(names.attributes.get('hidden')).toEqual(new Set([null]));
});

test('attributes travel by allow-list, and with values of their kind', () => {
  expect(useOfHtml('width', '50%')).toBe('keep');
  expect(useOfHtml('width', 'secret')).toBe('drop');
  expect(useOfHtml('data-user', 'x')).toBe('drop');
  expect(useOfHtml('onclick', 'x')).toBe('drop');
  expect(useOfHtml('title', 'x')).toBe('text');
  expect(useOfForeign('href', '#icon')).toBe('keep');
  expect(useOfForeign('href', '/sprite?x#icon')).toBe('drop');
});

test('what was hidden is recognised where it is repeated', () => {
  const echo = new Echo();
  echo.remember('Ana Konrad 4711-X', true);
  expect(echo.repeats('Hello Konrad!')).toBe(true);
  expect(echo.repeats('Number 4711-X is wrong')).toBe(true);
  expect(echo.repeats('Hello Ben')).toBe(false);
});

test('what repeats a hidden text is covered, and what stands beside it is not', () => {
  const echo = new Echo();
  echo.remember('Please send it to Ana Konrad, 42 Main Street', true);
  echo.remember('Order 4711-77 of 2031', false);
  expect(echo.cover('Ship to Ana Konrad, 42 Main Street.')).toBe('Ship •••••.');
  expect(echo.cover('Please note: nothing is repeated')).toBe('••••• note: nothing is repeated');
  expect(echo.cover('file-4711-77.pdf')).toBe('file-•••••.pdf');
  expect(echo.cover('Order 4711-779, of the year')).toBe('Order 4711-779, of the year');
  expect(echo.cover('in 2031')).toBe('in 2031');
  expect(echo.cover(`${'word '.repeat(9_000)}4711-77`)).not.toContain('4711');
});

test('a hidden text is recognised in other dresses', () => {
  const echo = new Echo();
  echo.remember('AB1234567', true);
  const of = (make: (code: number) => string): string =>
    [...'AB1234567'].map((char) => make(char.charCodeAt(0))).join('');
  for (const dress of [
    btoa('AB1234567'),
    btoa('x:AB1234567'),
    of((code) => `%${code.toString(16)}`),
    of((code) => `&#${code};`),
    of((code) => `\\u00${code.toString(16)}`),
    of((code) => `\\${code.toString(16)} `),
    of((code) => code.toString(16)),
  ])
    expect(echo.cover(`see ${dress} there`), dress).toBe(MASK);
  const other = `see ${btoa('AB7654321')} there`;
  expect(echo.cover(other)).toBe(other);
});

test('texts of hidden places leave a style sheet by no property', () => {
  const secret = 'AB1234567';
  for (const css of [
    `.a::before{content:"\\41\\42\\31\\32\\33\\34\\35\\36\\37"}`,
    `.a::before{content:"A" "B123" "4567"}`,
    `.a{text-overflow:"${secret}"}`,
    `.a{animation-name:${secret}}`,
    `@property --p{syntax:"*";inherits:true;initial-value:"${secret}"}`,
    `@counter-style c{symbols:"${secret}"}`,
    `[data-x="${secret}"]{color:red}`,
  ])
    expect(scrubSheet(css, host(false)), css).not.toMatch(/AB1234567|B123|\\41/);
});

test('what a selector means is asked with its scope', () => {
  const asked: string[] = [];
  const asks = { ...host(false), isPublic: (selector: string) => asked.push(selector) < 0 };
  scrubSheet('@scope (#a){:scope::after{content:"said 1"}p::before{content:"said 2"}}', asks);
  expect(asked).toEqual([':is(#a)::after', ':is(:is(#a),:is(#a) *):is(p::before)']);
});

test('a text that comes in waits for what it is written beside', () => {
  const waits: string[] = [];
  const nobody = { ...host(null), waits: (selector: string) => void waits.push(selector) };
  expect(scrubSheet('.new .a::after{content:"said"}', nobody)).not.toContain('said');
  expect(waits).toEqual(['.new .a::after']);
});

test('names are read as people read them', () => {
  for (const name of ['Ｂｕｙ', 'B\u200bu\u00ady', 'Вuy', 'B u y', 'bu\u0301y', '8uy'])
    expect(plainWords(name), name).toContain('buy');
  expect(plainWords('busy by a day')).not.toContain('buy');
});

test('address patterns', () => {
  expect(fitsUrl('https://shop.example/*', 'https://shop.example/cart?x=1')).toBe(true);
  expect(fitsUrl('https://shop.example/', 'https://shop.example/cart')).toBe(false);
  expect(fitsUrl('*.example/(a', 'https://b.example/(a')).toBe(true);
});

test('the hash is SHA-256', () => {
  for (const length of [0, 3, 55, 56, 64, 1000]) {
    const bytes = new Uint8Array(length).map((_, i) => i * 7);
    expect(hex(softwareSha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});
