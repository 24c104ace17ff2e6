import type { PickedElement } from '@sightline/protocol';
import { describe, expect, it } from 'vitest';
import { choicesFor, editingAddress, originOf, patternFor, SITES, showsMore } from './model';

const button: PickedElement = {
  name: 'button',
  one: '#plus',
  alike: 'form > button',
  alike_hits: 2,
  text: 'More',
  text_hits: 1,
  control: true,
  hidden: false,
};
const PAGE = 'https://shop.example/orders/•••••/bill.html';

describe('rules', () => {
  it('hold where they were made for, and what is hidden in an address fits anything', () => {
    expect(patternFor('everywhere', PAGE)).toBeNull();
    expect(patternFor('page', PAGE)).toBe('https://shop.example/orders/*/bill.html*');
    expect(patternFor('section', PAGE)).toBe('https://shop.example/orders/*/*');
  });

  it('are offered as far as they make sense for the element', () => {
    const kinds = (picked: PickedElement, mode: 'marked_and_inputs' | 'everything_but_marked') =>
      choicesFor(picked, 'everywhere', PAGE, mode).map(({ kind }) => kind);
    expect(kinds(button, 'marked_and_inputs')).toEqual([
      'mask_one',
      'mask_alike',
      'mask_text',
      'block_one',
      'no_control',
      'block_page',
    ]);
    const plain = { ...button, alike: null, text: null, control: false };
    expect(kinds(plain, 'everything_but_marked')).toEqual([
      'mask_one',
      'block_one',
      'show_one',
      'block_page',
    ]);
  });

  it('never hide every page by a click: a page is always named', () => {
    const page = choicesFor(button, 'everywhere', PAGE, 'marked_and_inputs').at(-1);
    expect(page?.rule).toEqual({
      action: 'block',
      selector: 'html',
      text: null,
      url: 'https://shop.example/orders/*/bill.html*',
    });
  });

  it('are edited on web addresses only', () => {
    expect(editingAddress('shop.example/a#b', '123456')).toBe(
      'https://shop.example/a#sightline-rules-123456',
    );
    expect(editingAddress('javascript://x', '123456')).toBeNull();
    expect(editingAddress('http://', '123456')).toBeNull();
  });

  it('take sites as browsers name them, and say what is wrong with others', () => {
    const known = ['https://shop.example'];
    for (const [typed, origin] of [
      ['account.example', 'https://account.example'],
      [' HTTPS://Account.Example:443/ ', 'https://account.example'],
      ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
      ['münze.example', 'https://xn--mnze-0ra.example'],
    ] as const)
      expect(originOf(typed, known)).toEqual({ origin });
    for (const [typed, problem] of [
      ['https://account.example/login', 'path'],
      ['account.example?x', 'path'],
      ['SHOP.example', 'twice'],
      ['https://', 'shape'],
      ['javascript://x', 'shape'],
      ['https://*.example', 'shape'],
      ['https://me:pass@shop.example', 'shape'],
    ] as const)
      expect(originOf(typed, known), typed).toEqual({ problem });
    const full = Array.from({ length: SITES }, (_, n) => `https://s${n}.example`);
    expect(originOf('account.example', full)).toEqual({ problem: 'full' });
    expect(originOf('account.example', full.slice(1))).toHaveProperty('origin');
  });

  it('that are taken away show more only where they hid something', () => {
    const mask = { action: 'mask', selector: '.a', text: null, url: null } as const;
    const press = { ...mask, action: 'no_control' } as const;
    expect(showsMore([mask, press], [mask])).toBe(false);
    expect(showsMore([mask, press], [press])).toBe(true);
  });
});
