import { describe, expect, it } from 'vitest';
import { PageRecording } from '../src/replay/recording';

const tabInfo = (tab: number, front: boolean) => ({
  tab,
  page: 1,
  title: `Tab ${tab}`,
  url: '',
  front,
  connected: true,
  recorded: true,
});

function record(bytes: readonly number[]): number[] {
  return [0, 0, bytes.length >> 8, bytes.length & 255, ...bytes];
}
const frame = (kind: 1 | 2, tab: number, atMs: number, body: number): number[] =>
  record([kind, 0, 0, tab, 0, 0, atMs >> 8, atMs & 255, body]);
const tabs = (atMs: number, list: readonly object[]): number[] =>
  record([4, 0, 0, atMs >> 8, atMs & 255, ...new TextEncoder().encode(JSON.stringify(list))]);
const file = (...parts: number[][]): ArrayBuffer => new Uint8Array(parts.flat()).buffer;
const bodies = (frames: readonly ArrayBuffer[]): number[] =>
  frames.map((each) => new Uint8Array(each)[8] ?? -1);

describe('a kept page', () => {
  const kept = new PageRecording(
    file(
      record([0, 123, 125]),
      tabs(100, [tabInfo(1, true)]),
      frame(1, 1, 100, 10),
      frame(2, 1, 200, 11),
      frame(1, 2, 250, 20),
      tabs(260, [tabInfo(1, false), tabInfo(2, true)]),
      frame(1, 1, 300, 12),
      tabs(400, []),
      [0, 0, 1, 0, 1, 2],
    ),
  );

  it('shows the tab in front from its last snapshot on', () => {
    expect(bodies(kept.at(99).frames)).toEqual([]);
    expect(bodies(kept.at(100).frames)).toEqual([10]);
    expect(bodies(kept.at(200).frames)).toEqual([10, 11]);
    expect(kept.at(260).tab?.tab).toBe(2);
    expect(bodies(kept.at(260).frames)).toEqual([20]);
    expect(kept.at(400)).toEqual({ tab: null, frames: [] });
  });

  it('has a beginning and an end, and leaves out what is not whole', () => {
    expect(kept.span).toEqual([100, 400]);
    expect(kept.cut).toBe(false);
    expect(new PageRecording(file(record([5]))).cut).toBe(true);
    expect(new PageRecording(new ArrayBuffer(0)).span).toEqual([0, 0]);
  });
});
