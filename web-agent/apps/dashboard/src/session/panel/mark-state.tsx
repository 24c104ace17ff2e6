import type { Annotation } from '@sightline/protocol';
import {
  CircleDashed,
  CircleQuestionMark,
  LocateFixed,
  LocateOff,
  type LucideIcon,
  Pin,
} from 'lucide-react';
import { useEffect, useReducer } from 'react';
import { useSpeech, useText } from '../../i18n';
import { useDesk, useSession } from '../context';
import { age } from '../model/format';
import { type MarkStatus, markState } from '../model/select';
import './mark-state.css';

const statusIcons: Record<MarkStatus, LucideIcon> = {
  attaching: CircleDashed,
  fixed: Pin,
  tracking: LocateFixed,
  uncertain: CircleQuestionMark,
  lost: LocateOff,
};

/** "lost: out of view, to the right · for 12 sec": what is known about a drawing, and since when. */
export function MarkStateLine({ annotation }: { annotation: Annotation }) {
  const texts = useText();
  const { language } = useSpeech();
  const { client } = useDesk();
  const anchors = useSession((state) => state.anchors);
  const [, tick] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  const { status, reason, direction, sinceMs } = markState(annotation, anchors);
  const StatusIcon = statusIcons[status];
  const now = client.sessionMs();
  const still = annotation.node == null ? texts.marks.fixedReason : texts.marks.elementReason;
  const other = status === 'fixed' ? still : texts.marks.attachingReason;
  return (
    <p className="mark-state" data-status={status} data-reason={reason ?? undefined}>
      <StatusIcon size={14} aria-hidden="true" />
      <span>
        <span className="mark-word">{texts.marks.status[status]}</span>:{' '}
        {reason === null ? other : texts.marks.reasons[reason]}
        {direction !== null && `, ${texts.directions[direction]}`}
        {sinceMs !== null && now !== null && (
          <span className="mark-age"> · {texts.marks.since(age(language, now - sinceMs))}</span>
        )}
      </span>
    </p>
  );
}
