// @vitest-environment happy-dom
import { ApiError, type Me } from '@sightline/protocol';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { api, queryClient } from '../api/api';
import { parseRoute, useHash } from '../app/route';
import { SignInPage } from './sign-in';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  queryClient.clear();
});

const marta: Me = {
  id: 'usr_aaaaaaaa',
  name: 'Marta',
  email: 'marta@example.org',
  company_name: 'Acme',
};
const refusal = new ApiError('unauthenticated', 'unknown secret', 401, null);

/** The page as the address says, in React's strict mode, which runs each effect twice. */
function AtAddress() {
  const route = parseRoute(useHash());
  return route.name === 'sign-in' ? <SignInPage secret={route.secret} /> : <p>{route.name}</p>;
}

function show() {
  location.hash = '#/sign-in/one-time-secret';
  return render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <AtAddress />
      </QueryClientProvider>
    </StrictMode>,
  );
}

it('spends the secret once and takes it out of the address', async () => {
  const once = vi.spyOn(api, 'signInOnce').mockResolvedValue(marta);
  show();
  expect(await screen.findByText('home')).toBeTruthy();
  expect(once).toHaveBeenCalledExactlyOnceWith('one-time-secret');
  expect(location.hash).toBe('#/');
});

it('says that a spent link is spent, and offers the other way in', async () => {
  vi.spyOn(api, 'signInOnce').mockRejectedValue(refusal);
  vi.spyOn(api, 'me').mockRejectedValue(refusal);
  show();
  await waitFor(() => expect(location.hash).toBe('#/sign-in'));
  expect((await screen.findByTestId('sign-in-error')).textContent).toContain('was used');
  expect(screen.getByLabelText('Password')).toBeTruthy();
});

it('lets a spent link lead whoever is signed in home', async () => {
  vi.spyOn(api, 'signInOnce').mockRejectedValue(refusal);
  vi.spyOn(api, 'me').mockResolvedValue(marta);
  show();
  expect(await screen.findByText('home')).toBeTruthy();
});

it('keeps a secret that did not reach the server, to try it again', async () => {
  const outage = new ApiError('unreachable', 'no answer', 0, null);
  const once = vi.spyOn(api, 'signInOnce').mockRejectedValueOnce(outage).mockResolvedValue(marta);
  show();
  fireEvent.click(await screen.findByText('Try again'));
  expect(await screen.findByText('home')).toBeTruthy();
  expect(once).toHaveBeenCalledTimes(2);
});
