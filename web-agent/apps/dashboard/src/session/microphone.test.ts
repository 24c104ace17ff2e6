import type { Publication } from '@sightline/protocol';
import { expect, it, vi } from 'vitest';
import { createStore } from '../app/store';
import { en } from '../i18n/en';
import { Microphone } from './microphone';
import { initialDesk, reduceDesk } from './model/desk';
import { session } from './model/fixtures';

function setUp(connection: 'live' | 'reconnecting' = 'live') {
  const ends: (() => void)[] = [];
  const track = {
    addEventListener: (_: string, listener: () => void) => ends.push(listener),
    stop: vi.fn(),
  } as unknown as MediaStreamTrack;
  const publication = { stop: vi.fn(async () => {}) };
  const client = {
    state: session({ connection }),
    publish: vi.fn(async () => publication as unknown as Publication),
  };
  const store = createStore(reduceDesk, initialDesk);
  const open = vi.fn(async () => track);
  return {
    microphone: new Microphone({ client, store, open }),
    track,
    ends,
    publication,
    client,
    store,
    open,
  };
}

it('opens with the first press and closes with the second', async () => {
  const { microphone, client, publication, store, track } = setUp();
  await microphone.toggle();
  expect(client.publish).toHaveBeenCalledExactlyOnceWith(track, null);
  expect(store.get().microphone).toBe(true);
  await microphone.toggle();
  expect(publication.stop).toHaveBeenCalledOnce();
  expect(store.get().microphone).toBe(false);
});

it('asks once while the browser asks', async () => {
  const { microphone, open } = setUp();
  await Promise.all([microphone.toggle(), microphone.toggle()]);
  expect(open).toHaveBeenCalledOnce();
});

it('says what to do when the browser gives none', async () => {
  const { microphone, open, client, store } = setUp();
  open.mockRejectedValueOnce(new DOMException('no', 'NotAllowedError'));
  await microphone.toggle();
  expect(client.publish).not.toHaveBeenCalled();
  expect(store.get().notice?.say(en)).toBe(en.errors.noMicrophone);
  expect(store.get().microphone).toBe(false);
});

it('closes what the server refuses', async () => {
  const { microphone, client, track, store } = setUp();
  client.publish.mockRejectedValueOnce(new Error('forbidden'));
  await microphone.toggle();
  expect(track.stop).toHaveBeenCalledOnce();
  expect(store.get().microphone).toBe(false);
});

it('is off when the headset is pulled out', async () => {
  const { microphone, ends, store } = setUp();
  await microphone.toggle();
  for (const end of ends) end();
  expect(store.get().microphone).toBe(false);
});

it('captures nothing without a connection', async () => {
  const { microphone, open } = setUp('reconnecting');
  await microphone.toggle();
  expect(open).not.toHaveBeenCalled();
});

it('is not opened for somebody who left while the browser asked', async () => {
  const { microphone, client, open, store, track } = setUp();
  let answer = (_: MediaStreamTrack) => {};
  open.mockReturnValueOnce(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  const opening = microphone.toggle();
  await microphone.stop();
  answer(track);
  await opening;
  expect(track.stop).toHaveBeenCalledOnce();
  expect(client.publish).not.toHaveBeenCalled();
  expect(store.get().microphone).toBe(false);
});
