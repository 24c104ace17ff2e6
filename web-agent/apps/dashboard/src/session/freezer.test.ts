import type { Overlay } from '@sightline/board';
import type { SessionState } from '@sightline/protocol';
import { expect, it, vi } from 'vitest';
import { createStore } from '../app/store';
import { Freezer } from './freezer';
import { initialDesk, reduceDesk } from './model/desk';
import { agent, customer, session, surface, video } from './model/fixtures';

const live = { participants: [agent(), customer()], surfaces: [surface()], tracks: [video()] };

function stage(state: Partial<SessionState> = live) {
  let frameComes = () => {};
  const still: ReturnType<Overlay['freeze']> = new Promise((resolve) => {
    frameComes = () => resolve({ frameTime: 9_000, width: 640, height: 480 });
  });
  const overlay = { freeze: vi.fn(() => still), unfreeze: vi.fn() };
  const client = { state: session(state) };
  const holds = { holdFrame: vi.fn() };
  const store = createStore(reduceDesk, initialDesk);
  const freezer = new Freezer({
    client,
    holds,
    store,
    surface: () => client.state.surfaces[0] ?? null,
    overlay: () => overlay,
  });
  return { freezer, overlay, client, holds, store, frameComes };
}

it('has the tracker keep the frame until the picture goes on', async () => {
  const { freezer, holds, store, frameComes } = stage();
  const done = freezer.toggle();
  frameComes();
  await done;
  expect(store.get().frozen).toEqual({ surface: surface().id, frameTime: 9_000 });
  expect(holds.holdFrame).toHaveBeenLastCalledWith(surface().id, 9_000, true);
  await freezer.toggle();
  expect(store.get().frozen).toBeNull();
  expect(holds.holdFrame).toHaveBeenLastCalledWith(surface().id, 9_000, false);
});

it('is live again after two quick presses, before the still came', async () => {
  const { freezer, overlay, holds, store, frameComes } = stage();
  const first = freezer.toggle();
  const second = freezer.toggle();
  frameComes();
  await Promise.all([first, second]);
  expect(store.get().frozen).toBeNull();
  expect(overlay.unfreeze).toHaveBeenCalledOnce();
  expect(holds.holdFrame).not.toHaveBeenCalled();
});

it('is frozen once after three quick presses', async () => {
  const { freezer, holds, store, frameComes } = stage();
  const presses = [freezer.toggle(), freezer.toggle(), freezer.toggle()];
  frameComes();
  await Promise.all(presses);
  expect(store.get().frozen).not.toBeNull();
  expect(holds.holdFrame).toHaveBeenCalledExactlyOnceWith(surface().id, 9_000, true);
});

it('freezes nothing behind the curtain', async () => {
  const { freezer, overlay } = stage({ ...live, surfaces: [surface({ paused: true })] });
  await freezer.toggle();
  expect(overlay.freeze).not.toHaveBeenCalled();
});

it('gives up the still when the customer pauses', async () => {
  const { freezer, client, store, frameComes } = stage();
  const done = freezer.toggle();
  frameComes();
  await done;
  client.state = session({ ...live, surfaces: [surface({ paused: true })] });
  freezer.thawWhenHidden();
  expect(store.get().frozen).toBeNull();
});
