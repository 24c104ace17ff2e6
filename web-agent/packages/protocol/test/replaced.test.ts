import { expect, it } from 'vitest';
import type { Environment } from '../src/environment';
import { SessionClient } from '../src/session-client';

/** A browser in which only the sockets exist; timers are kept and never run. */
function browser() {
  const sockets: WebSocket[] = [];
  const timers = new Set<object>();
  const unused = () => {
    throw new Error('this test opens no media');
  };
  const environment: Environment = {
    openSocket: () => {
      const socket = { close: () => {}, send: () => {}, readyState: 1 } as unknown as WebSocket;
      sockets.push(socket);
      return socket;
    },
    createPeer: unused,
    createStream: unused,
    after: () => {
      const timer = {};
      timers.add(timer);
      return () => timers.delete(timer);
    },
    now: () => 0,
    random: () => 0,
  };
  return { environment, sockets, timers };
}

function closedWith(code: number) {
  const { environment, sockets, timers } = browser();
  const client = new SessionClient({ url: 'ws://test', token: 't', environment });
  client.connect();
  sockets[0]?.onclose?.({ code } as CloseEvent);
  return { state: client.state.connection, timers: timers.size };
}

it('a connection that a second tab replaced does not come back', () => {
  expect(closedWith(4001)).toEqual({ state: 'replaced', timers: 0 });
});

it('one that the server refused does not come back', () => {
  expect(closedWith(4003)).toEqual({ state: 'refused', timers: 0 });
  expect(closedWith(4004)).toEqual({ state: 'refused', timers: 0 });
});

it('any other lost connection does', () => {
  for (const code of [1001, 1006, 1011, 4002, 4005]) {
    expect(closedWith(code), String(code)).toEqual({ state: 'connecting', timers: 1 });
  }
});
