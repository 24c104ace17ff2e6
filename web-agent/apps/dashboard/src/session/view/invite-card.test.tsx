// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { api } from '../../api/api';
import { agent, customer } from '../model/fixtures';
import { fakeDesk, renderAt } from '../testing';
import { InviteCard } from './invite-card';

afterEach(() => {
  vi.restoreAllMocks();
});

function invites(...expiries: number[]) {
  const create = vi.spyOn(api, 'createInvite');
  for (const [index, ms] of expiries.entries()) {
    create.mockResolvedValueOnce({
      link: `http://localhost/j/#ticket${index}`,
      code: `48291${index}`,
      qr_svg: '<svg xmlns="http://www.w3.org/2000/svg"/>',
      expires_at: new Date(Date.now() + ms).toISOString(),
      role: 'customer',
    });
  }
  return create;
}

it('shows the code in two threes', async () => {
  const create = invites(900_000);
  renderAt(fakeDesk(), <InviteCard guest="customer" />);
  expect((await screen.findByTestId('invite-code')).textContent).toBe('482 910');
  expect(create).toHaveBeenCalledExactlyOnceWith('ses_aaaaaaaa', {
    role: 'customer',
    surface: 'camera',
  });
});

it('shows no dead code, but the way to a new one', async () => {
  invites(-1, 900_000);
  renderAt(fakeDesk(), <InviteCard guest="customer" />);
  const renew = await screen.findByTestId('invite-renew');
  expect(screen.queryByTestId('invite-code')).toBeNull();
  fireEvent.click(renew);
  expect((await screen.findByTestId('invite-code')).textContent).toBe('482 911');
});

it('makes a new one after somebody came with the first', async () => {
  const create = invites(900_000, 900_000);
  const before = renderAt(fakeDesk(), <InviteCard guest="customer" />);
  expect((await screen.findByTestId('invite-code')).textContent).toBe('482 910');
  before.moveTo(fakeDesk({ participants: [agent(), customer({ connected: false })] }));
  expect((await screen.findByText('482 911')).dataset['testid']).toBe('invite-code');
  expect(create).toHaveBeenCalledTimes(2);
});
