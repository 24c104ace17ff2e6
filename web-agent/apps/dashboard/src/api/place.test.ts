// @vitest-environment happy-dom
import type { Joined } from '@sightline/protocol';
import { afterEach, expect, it } from 'vitest';
import { forgetAllPlaces, forgetPlace, storedPlace, storePlace } from './place';

afterEach(() => sessionStorage.clear());

const joined: Joined = {
  session: 'ses_aaaaaaaa',
  participant: 'par_aaaaaaaa',
  role: 'technician',
  token: 'secret',
};

it('is there again after a reload', () => {
  storePlace(joined);
  expect(storedPlace(joined.session)).toEqual({
    session: joined.session,
    role: 'technician',
    token: 'secret',
  });
  expect(storedPlace('ses_otherone')).toBeNull();
});

it('is gone when it was refused or when somebody signed out', () => {
  storePlace(joined);
  forgetPlace(joined.session);
  expect(storedPlace(joined.session)).toBeNull();
  storePlace(joined);
  sessionStorage.setItem('other', 'stays');
  forgetAllPlaces();
  expect(storedPlace(joined.session)).toBeNull();
  expect(sessionStorage.getItem('other')).toBe('stays');
});

it.each(['', '{', '[]', '{"session":"ses_aaaaaaaa"}'])('ignores what is not one: %j', (text) => {
  sessionStorage.setItem('sightline.place.ses_aaaaaaaa', text);
  expect(storedPlace('ses_aaaaaaaa')).toBeNull();
});
