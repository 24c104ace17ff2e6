import { describe, expect, it } from 'vitest';
import { parseRoute, type Route, routeHash } from './route';

describe('route', () => {
  it.each<Route>([
    { name: 'home' },
    { name: 'sign-in', secret: null },
    { name: 'sign-in', secret: 'abc-DEF_123' },
    { name: 'join', ticket: 'a/b c%' },
    { name: 'session', id: 'ses_abcdefgh' },
    { name: 'record', id: 'ses_abcdefgh' },
    { name: 'rules' },
  ])('survives the address bar: %j', (route) => {
    expect(parseRoute(routeHash(route))).toEqual(route);
  });

  it.each(['', '#', '#/', '#/nowhere', '#/session', '#/session/%E0%A4%A'])(
    'takes %j for home',
    (hash) => {
      expect(parseRoute(hash)).toEqual({ name: 'home' });
    },
  );
});
