import { PagePlayer } from '@sightline/cobrowse/player';
import type { PageRecording } from '@sightline/cobrowse/recording';
import type { SessionRecord } from '@sightline/protocol';
import { useEffect, useMemo, useRef } from 'react';
import { useText } from '../../i18n';
import { participantOf } from '../../session/model/select';
import { Drawings } from './film/drawings';

interface PageViewProps {
  readonly record: SessionRecord;
  readonly recording: PageRecording;
  /** Origin of its own on which the replay runs. */
  readonly url: string;
  /** Milliseconds since the session began. */
  readonly atMs: number;
  /** False keeps it out of sight, but loaded. */
  readonly shown: boolean;
}

/** The kept page of a moment. */
export function PageView({ record, recording, url, atMs, shown }: PageViewProps) {
  const texts = useText();
  const frame = useRef<HTMLIFrameElement>(null);
  const player = useMemo(() => new PagePlayer(recording), [recording]);
  const drawings = useMemo(() => new Drawings(record.annotations), [record]);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const detach = player.attach(element, new URL(url).origin);
    element.src = url;
    return detach;
  }, [player, url]);
  useEffect(() => {
    if (!shown) return;
    const drawn = drawings.at(atMs).map(({ node, shape, author }) => ({
      node: node ?? null,
      shape,
      color: participantOf(record.participants, author)?.color ?? 0,
    }));
    player.show(atMs, drawn);
  }, [player, drawings, record, atMs, shown]);
  return <iframe ref={frame} title={texts.record.page} data-testid="replay" data-shown={shown} />;
}
