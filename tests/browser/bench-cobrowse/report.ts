import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Adds figures to the result of the benchmark; prints them when it runs without its starter. */
export function report(figures: Readonly<Record<string, number>>): void {
  const where = process.env['SIGHTLINE_BENCH_RESULT'];
  if (where === undefined) {
    console.log(JSON.stringify(figures));
    return;
  }
  const before = existsSync(where) ? (JSON.parse(readFileSync(where, 'utf8')) as object) : {};
  writeFileSync(where, JSON.stringify({ ...before, ...figures }));
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

export const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(values.length * share))
  ] ?? 0;
