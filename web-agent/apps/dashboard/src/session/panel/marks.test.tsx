// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { agent, annotation, customer } from '../model/fixtures';
import { fakeDesk, renderAt } from '../testing';
import { Marks } from './marks';

const tom = agent({ id: 'par_technician', role: 'technician', name: 'Tom' });
const own = annotation({ id: 'ann_ownownown', author: agent().id, anchor: 1 });
const toms = annotation({ id: 'ann_tomstoms', author: tom.id, anchor: 2 });
const drawn = {
  participants: [agent(), customer(), tom],
  annotations: [own, toms],
  anchors: new Map([
    [
      2,
      {
        anchor: 2,
        surface: toms.surface,
        frame_time: 5,
        status: 'lost',
        reason: 'out_of_view',
        last_seen: null,
        at_ms: 10_000,
      } as const,
    ],
  ]),
};

it('shows the newest first, each with its state in words', () => {
  renderAt(fakeDesk(drawn), <Marks />);
  const rows = screen.getAllByTestId('mark-row');
  expect(rows.map((row) => row.dataset['status'])).toEqual(['lost', 'attaching']);
  expect(rows[0]?.textContent).toContain('lost: out of view · for 3 min');
  expect(rows[0]?.textContent).toContain('by Tom');
});

it('says that a drawing on a blank wall is fixed to the screen, and why', () => {
  const wall = {
    anchor: 1,
    surface: own.surface,
    frame_time: 5,
    status: 'fixed',
    reason: 'too_few_texture',
    at_ms: 180_000,
  } as const;
  renderAt(fakeDesk({ ...drawn, anchors: new Map([[1, wall]]) }), <Marks />);
  const row = screen.getAllByTestId('mark-row')[1];
  expect(row?.dataset['status']).toBe('fixed');
  expect(row?.textContent).toContain('fixed to the screen: too little texture · for 12 sec');
});

it('lets an agent delete any drawing', () => {
  const desk = fakeDesk(drawn);
  renderAt(desk, <Marks />);
  fireEvent.click(screen.getByLabelText('Delete circle by Tom'));
  expect(desk.client.removeAnnotation).toHaveBeenCalledExactlyOnceWith(toms.id);
});

it('lets a technician delete only own drawings', () => {
  renderAt(fakeDesk({ ...drawn, you: tom.id }, 'technician'), <Marks />);
  expect(screen.getAllByTestId('mark-delete')).toHaveLength(1);
  expect(screen.getByLabelText('Delete circle by Tom')).toBeTruthy();
});

it('emphasises the drawing under the mouse and no other afterwards', () => {
  const desk = fakeDesk(drawn);
  renderAt(desk, <Marks />);
  const [row] = screen.getAllByTestId('mark-row');
  if (row === undefined) throw new Error('no row');
  fireEvent.pointerEnter(row);
  expect(desk.highlight).toHaveBeenLastCalledWith(toms.id);
  fireEvent.pointerLeave(row);
  expect(desk.highlight).toHaveBeenLastCalledWith(null);
});
