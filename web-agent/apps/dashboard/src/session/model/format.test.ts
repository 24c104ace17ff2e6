import { describe, expect, it } from 'vitest';
import { age, ago, clock, percent, spokenCode } from './format';

describe('clock', () => {
  it.each([
    [-5, '00:00'],
    [0, '00:00'],
    [59_999, '00:59'],
    [192_000, '03:12'],
    [3_600_000, '1:00:00'],
    [36_061_000, '10:01:01'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(clock(ms)).toBe(text);
  });
});

describe('spokenCode', () => {
  it('splits six digits', () => {
    expect(spokenCode('482913')).toBe('482 913');
  });

  it('leaves anything else alone', () => {
    expect(spokenCode('48291')).toBe('48291');
  });
});

describe('age', () => {
  it.each([
    [-5, '0 sec'],
    [12_900, '12 sec'],
    [60_000, '1 min'],
    [3_599_000, '59 min'],
    [7_200_000, '2 hr'],
  ])('says %d ms as %s', (ms, text) => {
    expect(age('en', ms)).toBe(text);
  });
});

describe('ago', () => {
  const now = Date.UTC(2026, 0, 2, 12);
  it.each([
    [5_000, 'now'],
    [120_000, '2 minutes ago'],
    [7_200_000, '2 hours ago'],
    [86_400_000, 'yesterday'],
  ])('%d ms', (ms, text) => {
    expect(ago('en', now - ms, now)).toBe(text);
  });
});

it('percent keeps one decimal', () => {
  expect(percent(0.0042)).toBe('0.4');
});
