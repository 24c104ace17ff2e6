import { authorColor } from '@sightline/board';
import type { Annotation, Shape } from '@sightline/protocol';
import {
  ArrowUpRight,
  Circle,
  Highlighter,
  type LucideIcon,
  Pencil,
  Shapes,
  Trash2,
  Type,
} from 'lucide-react';
import { useMemo } from 'react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { Hint } from '../../ui/hint';
import { useCapabilities, useDesk, useSession } from '../context';
import { displayName } from '../model/announce';
import { markState, participantOf } from '../model/select';
import { MarkStateLine } from './mark-state';
import './marks.css';

const shapeIcons: Record<Shape['type'], LucideIcon> = {
  arrow: ArrowUpRight,
  circle: Circle,
  freehand: Pencil,
  highlight: Highlighter,
  text: Type,
  unknown: Shapes,
};

/** Every drawing with its author and whether it is still where it belongs; newest first. */
export function Marks() {
  const texts = useText();
  const annotations = useSession((state) => state.annotations);
  const newestFirst = useMemo(() => annotations.toReversed(), [annotations]);
  if (newestFirst.length === 0) {
    return (
      <div className="panel-empty">
        <p>{texts.marks.empty}</p>
        <p className="soft">{texts.marks.emptyHint}</p>
      </div>
    );
  }
  return (
    <ul className="marks">
      {newestFirst.map((annotation) => (
        <Mark key={annotation.id} annotation={annotation} />
      ))}
    </ul>
  );
}

function Mark({ annotation }: { annotation: Annotation }) {
  const texts = useText();
  const desk = useDesk();
  const can = useCapabilities();
  const you = useSession((state) => state.you);
  const author = useSession((state) => participantOf(state.participants, annotation.author));
  const anchors = useSession((state) => state.anchors);
  const { status, reason } = markState(annotation, anchors);
  const { shape } = annotation;
  const ShapeIcon = shapeIcons[shape.type];
  const shapeName = texts.marks.shapes[shape.type];
  const authorName = displayName(author, texts);
  const remove = texts.marks.remove(shapeName, authorName);
  return (
    <li
      className="mark"
      data-testid="mark-row"
      data-id={annotation.id}
      data-shape={shape.type}
      data-status={status}
      data-reason={reason ?? undefined}
      onPointerEnter={() => desk.highlight(annotation.id)}
      onPointerLeave={() => desk.highlight(null)}
    >
      <ShapeIcon size={18} aria-hidden="true" />
      <div>
        <div className="mark-what">
          <span className="swatch" style={{ background: authorColor(author?.color ?? 0) }} />
          <span className="mark-name">
            {shape.type === 'text' ? `“${shape.text}”` : shapeName}{' '}
            <span className="soft">{texts.marks.by(authorName)}</span>
          </span>
        </div>
        <MarkStateLine annotation={annotation} />
      </div>
      {(can.removeAny || (can.draw && annotation.author === you)) && (
        <Hint text={remove} side="left">
          <Button
            icon
            aria-label={remove}
            onClick={() => desk.client.removeAnnotation(annotation.id)}
            data-testid="mark-delete"
          >
            <Trash2 size={16} />
          </Button>
        </Hint>
      )}
    </li>
  );
}
