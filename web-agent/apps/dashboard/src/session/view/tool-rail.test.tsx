// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { agent, customer, surface, video } from '../model/fixtures';
import { fakeDesk, renderAt } from '../testing';
import { ToolRail } from './tool-rail';

const live = { participants: [agent(), customer()], surfaces: [surface()], tracks: [video()] };

it('takes no picture that the customer has not allowed', () => {
  const desk = fakeDesk(live);
  renderAt(desk, <ToolRail />);
  const button = screen.getByTestId('snapshot');
  expect(button.getAttribute('aria-disabled')).toBe('true');
  fireEvent.click(button);
  expect(desk.run).not.toHaveBeenCalled();
});

it('takes one that is allowed', () => {
  const desk = fakeDesk({ ...live, consent: { granted: ['camera', 'snapshot'] } });
  renderAt(desk, <ToolRail />);
  fireEvent.click(screen.getByTestId('snapshot'));
  expect(desk.run).toHaveBeenCalledExactlyOnceWith({ type: 'snapshot' });
});

it('freezes only a picture that is there', () => {
  const desk = fakeDesk({ participants: live.participants });
  renderAt(desk, <ToolRail />);
  fireEvent.click(screen.getByTestId('freeze'));
  expect(desk.run).not.toHaveBeenCalled();
});

it('offers no tools to somebody who only watches', () => {
  renderAt(fakeDesk(live, 'supervisor'), <ToolRail />);
  expect(screen.queryByTestId('tool-circle')).toBeNull();
  expect(screen.queryByTestId('snapshot')).toBeNull();
  expect(screen.getByTestId('help')).toBeTruthy();
});
