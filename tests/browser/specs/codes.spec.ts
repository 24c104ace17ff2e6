import { execFileSync } from 'node:child_process';
import type { Server } from '../src/server';
import { expect, test } from '../src/test';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function tryCode(server: Server, code: string): Promise<Answer> {
  const answer = await server.request('POST', '/api/join/preview', { code });
  return { status: answer.status, body: await answer.json() };
}

/** A code that no invitation has. */
const wrong = (good: string): string => (good === '000000' ? '000001' : '000000');

/** Makes every invitation of a server old, as fifteen minutes would. */
function expireInvites(server: Server): number {
  const script = `
import sqlite3, sys
store = sqlite3.connect(sys.argv[1] + '/sightline.sqlite', timeout=10)
print(store.execute('UPDATE invites SET expires_ms = 1').rowcount)
store.commit()`;
  return Number(`${execFileSync('/usr/bin/python3', ['-c', script, server.data])}`);
}

test('wrong, expired and used codes get the same answer', async ({ startServer }) => {
  const server = await startServer();
  await server.signInHere();
  const session = await server.createSession('Codes');
  const used = await server.invite(session);
  const old = await server.invite(session);

  const good = await tryCode(server, used.code);
  expect(good.status, 'the code works once').toBe(200);
  const again = await tryCode(server, used.code);
  expect(expireInvites(server), 'both invitations are old now').toBe(2);
  const expired = await tryCode(server, old.code);
  const unknown = await tryCode(server, wrong(old.code));

  expect(again).toEqual(unknown);
  expect(expired).toEqual(unknown);
  expect(unknown.body).toMatchObject({ code: 'invalid_code' });

  // Control: a fresh code still works, so the three refusals are not a server that refuses all.
  const fresh = await server.invite(session);
  expect((await tryCode(server, fresh.code)).status).toBe(200);
});

test('the sixth guess has to wait, even with the right code', async ({ startServer }) => {
  const server = await startServer();
  await server.signInHere();
  const { code } = await server.invite(await server.createSession('Guessing'));
  for (let guess = 1; guess <= 5; guess++) {
    const answer = await tryCode(server, wrong(code));
    expect(answer.body, `guess ${guess}`).toMatchObject({ code: 'invalid_code' });
  }
  const sixth = await tryCode(server, code);
  expect(sixth.status).toBe(429);
  expect(sixth.body).toMatchObject({ code: 'rate_limited' });
  expect((sixth.body as { retry_after_s: number }).retry_after_s).toBeGreaterThan(0);
});

test('a ticket lets one person in, once', async ({ startServer }) => {
  const server = await startServer();
  await server.signInHere();
  const { link } = await server.invite(await server.createSession('Tickets'), 'technician');
  const ticket = link.split(/[#/]/).at(-1);
  const join = () => server.request('POST', '/api/join/accept', { ticket, name: 'Tom' });
  expect((await join()).status).toBe(200);
  const second = await join();
  expect(await second.json()).toMatchObject({ code: 'invalid_code' });
  const preview = await server.request('POST', '/api/join/preview', { ticket });
  expect(await preview.json()).toMatchObject({ code: 'invalid_code' });
});
