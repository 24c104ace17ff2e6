import { authorColor, type Overlay, type Point } from '@sightline/board';
import type { AnnotationId } from '@sightline/protocol';
import { type RefObject, useEffect, useState } from 'react';
import { useText } from '../../i18n';
import { useSession } from '../context';
import { displayName } from '../model/announce';
import { participantOf } from '../model/select';
import { MarkStateLine } from '../panel/mark-state';
import './mark-tip.css';

/** A drawing under the mouse. */
export interface Hovered {
  readonly id: AnnotationId;
  /** Where the mouse is, in CSS pixels of the stage. */
  readonly at: Point;
  /** True in the right and the lower half, where the words go to the other side of the mouse. */
  readonly right: boolean;
  readonly low: boolean;
}

/** The drawing on the canvas that the mouse rests on; null while a button is down. */
export function useHovered(
  canvas: RefObject<HTMLCanvasElement | null>,
  overlay: Overlay | null,
): Hovered | null {
  const [hovered, setHovered] = useState<Hovered | null>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || overlay === null) return;
    const leave = () => setHovered(null);
    const move = (event: PointerEvent) => {
      const at: Point = [event.offsetX, event.offsetY];
      const id = event.buttons === 0 ? overlay.hitTest(at) : null;
      const right = at[0] > element.clientWidth / 2;
      const low = at[1] > element.clientHeight / 2;
      setHovered(id === null ? null : { id, at, right, low });
    };
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerdown', leave);
    element.addEventListener('pointerleave', leave);
    return () => {
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerdown', leave);
      element.removeEventListener('pointerleave', leave);
      leave();
    };
  }, [canvas, overlay]);
  return hovered;
}

/** Who drew it and how it stands, beside the mouse. The list of drawings says the same in text. */
export function MarkTip({ hovered }: { hovered: Hovered }) {
  const texts = useText();
  const annotation = useSession((state) => state.annotations.find((one) => one.id === hovered.id));
  const author = useSession((state) =>
    annotation === undefined ? null : participantOf(state.participants, annotation.author),
  );
  if (annotation === undefined) return null;
  const [left, top] = hovered.at;
  return (
    <div
      className="mark-tip"
      style={{ left, top }}
      data-right={hovered.right}
      data-low={hovered.low}
      data-testid="mark-tip"
      aria-hidden="true"
    >
      <p className="mark-tip-who">
        <span className="swatch" style={{ background: authorColor(author?.color ?? 0) }} />
        {texts.marks.shapes[annotation.shape.type]}{' '}
        <span className="soft">{texts.marks.by(displayName(author, texts))}</span>
      </p>
      <MarkStateLine annotation={annotation} />
    </div>
  );
}
