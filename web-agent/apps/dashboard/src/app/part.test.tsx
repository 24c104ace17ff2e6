// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import { part } from './part';

afterEach(cleanup);

it('shows what stands for it until it is there, and loads once', async () => {
  let arrive = (_: () => React.ReactNode) => {};
  const load = vi.fn(
    () =>
      new Promise<() => React.ReactNode>((resolve) => {
        arrive = resolve;
      }),
  );
  const Late = part(load);
  expect(load).not.toHaveBeenCalled();
  render(<Late fallback={<p>on its way</p>} />);
  screen.getByText('on its way');
  arrive(() => <p>here</p>);
  await screen.findByText('here');
  render(<Late fallback={null} />);
  expect(load).toHaveBeenCalledTimes(1);
});

it('says what to do when its script is gone', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const Gone = part(() => Promise.reject(new Error('no such file')));
  render(<Gone fallback={null} />);
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('Reload');
});
