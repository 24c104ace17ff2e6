// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { en } from '../../i18n/en';
import { customer, session, surface } from '../model/fixtures';
import { fakeDesk, renderAt } from '../testing';
import { HiddenChip } from './banners';
import { QualityBadge } from './quality-badge';

function shown(saving: 'heat' | 'battery' | null) {
  const quality = { rtt_ms: 40, loss: 0, fps: 15, saving };
  const state = session({ quality: new Map([[customer().id, { quality, level: 'good' }]]) });
  return renderAt(fakeDesk(state), <QualityBadge participant={customer()} />);
}

it('says in words that the device saves heat or battery, and nothing when it does not', () => {
  const page = shown('heat');
  expect(screen.getByTestId('saving').textContent).toBe(en.quality.saving.heat);
  page.moveTo(fakeDesk(session()));
  expect(screen.queryByTestId('saving')).toBeNull();
});

it('tells battery from heat', () => {
  shown('battery');
  expect(screen.getByTestId('saving').getAttribute('data-saving')).toBe('battery');
  expect(screen.getByTestId('saving').textContent).toBe(en.quality.saving.battery);
});

it('shows no saving when there is none', () => {
  shown(null);
  expect(screen.queryByTestId('saving')).toBeNull();
});

it('says how much the customer hides', () => {
  const chip = (hidden_parts?: number) => (
    <HiddenChip surface={surface(hidden_parts === undefined ? {} : { hidden_parts })} />
  );
  renderAt(
    fakeDesk(),
    <>
      {chip()}
      {chip(0)}
    </>,
  );
  expect(screen.queryByTestId('hidden-chip')).toBeNull();
  renderAt(fakeDesk(), chip(1));
  expect(screen.getByTestId('hidden-chip').textContent).toBe(en.stage.hiddenParts(1));
});
