import type { ServerMessage } from '@sightline/protocol';
import { describe, expect, it } from 'vitest';
import { type DeskAction, type DeskState, initialDesk, reduceDesk } from './desk';
import { agent, customer, surface } from './fixtures';

function after(...actions: DeskAction[]): DeskState {
  return actions.reduce(reduceDesk, { ...initialDesk, you: agent().id });
}

function chat(from: typeof initialDesk.you & string): DeskAction {
  const message: ServerMessage = {
    type: 'chat',
    message: { seq: 1, at_ms: 0, from, client_id: 'c', text: 'Hello' },
  };
  return { type: 'message', message };
}

describe('delay of a mark', () => {
  it('is measured from sending to coming back', () => {
    const state = after(
      { type: 'sent', clientId: 'a', atMs: 1_000 },
      { type: 'echoed', clientId: 'a', atMs: 1_046 },
    );
    expect(state.echoMs).toBe(46);
    expect(state.sent.size).toBe(0);
  });

  it('ignores the marks of others', () => {
    expect(after({ type: 'echoed', clientId: 'theirs', atMs: 9 }).echoMs).toBeNull();
  });

  it('does not count a refused mark', () => {
    const state = after(
      { type: 'sent', clientId: 'a', atMs: 0 },
      { type: 'refused', clientId: 'a', code: 'limit_reached' },
      { type: 'echoed', clientId: 'a', atMs: 50_000 },
    );
    expect(state.echoMs).toBeNull();
    expect(state.refusal).toBe('limit_reached');
  });
});

describe('chat', () => {
  it('counts what others write while it is closed', () => {
    expect(after(chat(customer().id), chat(customer().id)).unread).toBe(2);
    expect(after(chat(agent().id)).unread).toBe(0);
  });

  it('is read when it opens and stays read while it is open', () => {
    const open: DeskAction = { type: 'panel', panel: 'chat' };
    expect(after(chat(customer().id), open, chat(customer().id)).unread).toBe(0);
  });
});

describe('asking for a surface', () => {
  const ask: DeskAction = { type: 'asked', kind: 'camera' };
  const comes = (kind: 'camera' | 'screen'): DeskAction => ({
    type: 'message',
    message: { type: 'surface_updated', surface: surface({ kind }) },
  });

  it('is over when that kind comes, not when another does', () => {
    expect(after(ask, comes('screen')).asked).toBe('camera');
    expect(after(ask, comes('camera')).asked).toBeNull();
  });

  it('is over when the customer goes', () => {
    const participant = customer({ connected: false });
    const goes: DeskAction = {
      type: 'message',
      message: { type: 'participant_updated', participant },
    };
    expect(after(ask, goes).asked).toBeNull();
  });
});

it('an old notice does not remove the newer one', () => {
  const say = () => 'x';
  const state = after({ type: 'notice', kind: 'bad', say }, { type: 'notice', kind: 'good', say });
  expect(reduceDesk(state, { type: 'notice_read', id: 1 })).toBe(state);
  expect(reduceDesk(state, { type: 'notice_read', id: 2 }).notice).toBeNull();
});

it('the end closes the dialog and tells who ended it', () => {
  const state = after(
    { type: 'dialog', dialog: { type: 'end' } },
    { type: 'message', message: { type: 'session_ended', by: null } },
  );
  expect(state.endedBy).toBeNull();
  expect(state.dialog).toBeNull();
  expect(initialDesk.endedBy).toBeUndefined();
});
