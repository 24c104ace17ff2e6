import { PagePlayer } from '@sightline/cobrowse/player';
import { PageRecording } from '@sightline/cobrowse/recording';
import { AnnotationLog, type PageRecording as Kept, type SessionRecord } from '@sightline/protocol';
import { useQuery } from '@tanstack/react-query';
import { Pause, Play } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { api, errorText } from '../../api/api';
import { useSpeech } from '../../i18n';
import { clock } from '../../session/model/format';
import { participantOf } from '../../session/model/select';
import { Button } from '../../ui/button';
import { Message, Skeleton } from '../../ui/message';

interface PlayerProps {
  readonly record: SessionRecord;
  readonly pages: Kept;
  readonly onTime: (atMs: number) => void;
}

/** The kept page, loaded. */
export function Player(props: PlayerProps) {
  const { texts } = useSpeech();
  const { id } = props.record.session;
  const file = useQuery({
    queryKey: ['pages', id],
    queryFn: () => api.pageRecording(id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const recording = useMemo(
    () => (file.data === undefined ? null : new PageRecording(file.data)),
    [file.data],
  );
  if (file.isError) return <Message kind="bad">{errorText(texts, file.error)}</Message>;
  if (recording === null) {
    return (
      <section className="player" aria-label={texts.record.player}>
        <Skeleton height={360} />
      </section>
    );
  }
  return <Playing {...props} recording={recording} />;
}

/** The replay with its time bar. */
function Playing({ record, pages, onTime, recording }: PlayerProps & { recording: PageRecording }) {
  const { texts, language } = useSpeech();
  const frame = useRef<HTMLIFrameElement>(null);
  const [begin, end] = recording.span;
  const [atMs, setAtMs] = useState(begin);
  const [playing, setPlaying] = useState(false);
  const player = useMemo(() => new PagePlayer(recording), [recording]);
  const { replay_url: url } = pages;

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const detach = player.attach(element, new URL(url).origin);
    element.src = url;
    return detach;
  }, [player, url]);
  useEffect(() => {
    player.show(atMs, drawnAt(record, atMs));
    onTime(atMs);
  }, [player, record, atMs, onTime]);
  useEffect(() => {
    if (!playing) return;
    let before = performance.now();
    let timer = requestAnimationFrame(function step(now) {
      const passed = now - before;
      before = now;
      setAtMs((at) => Math.min(end, at + passed));
      timer = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(timer);
  }, [playing, end]);
  useEffect(() => {
    if (atMs >= end) setPlaying(false);
  }, [atMs, end]);

  const shared = recording.at(atMs).tab;
  const erased = new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(
    new Date(pages.erased_at),
  );
  return (
    <section
      className="player"
      aria-label={texts.record.player}
      data-testid="player"
      data-at={atMs}
    >
      <div className="player-frame">
        <iframe ref={frame} title={texts.record.player} data-testid="replay" />
        {shared === null && <p className="player-nothing">{texts.record.notShared}</p>}
      </div>
      <div className="player-bar">
        <Button
          icon
          look="primary"
          aria-label={playing ? texts.record.pause : texts.record.play}
          data-testid="player-play"
          onClick={() => {
            if (!playing && atMs >= end) setAtMs(begin);
            setPlaying(!playing);
          }}
        >
          {playing ? <Pause size={16} /> : <Play size={16} />}
        </Button>
        <div className="player-time">
          <Marks record={record} begin={begin} end={end} />
          <input
            type="range"
            min={begin}
            max={Math.max(end, begin + 1)}
            step="any"
            value={atMs}
            aria-label={texts.record.time}
            aria-valuetext={clock(atMs)}
            data-testid="player-time"
            onChange={(event) => setAtMs(event.target.valueAsNumber)}
          />
        </div>
        <span className="player-clock">
          {clock(atMs)} / {clock(end)}
        </span>
      </div>
      <p className="soft">
        {shared?.title ? `${shared.title} · ` : ''}
        {recording.cut ? `${texts.record.cut} ` : ''}
        {texts.record.erased(erased)}
      </p>
    </section>
  );
}

/** Where something was drawn or written, along the time bar. */
function Marks({ record, begin, end }: { record: SessionRecord; begin: number; end: number }) {
  const span = Math.max(1, end - begin);
  const marks = [
    ...record.annotations.map(({ seq, at_ms }) => ({ key: `a${seq}`, at_ms, kind: 'drawing' })),
    ...record.chat.map(({ seq, at_ms }) => ({ key: `c${seq}`, at_ms, kind: 'chat' })),
  ].filter(({ at_ms }) => at_ms >= begin && at_ms <= end);
  return (
    <div className="player-marks" aria-hidden="true">
      {marks.map(({ key, at_ms, kind }) => (
        <i key={key} data-kind={kind} style={{ left: `${((at_ms - begin) / span) * 100}%` }} />
      ))}
    </div>
  );
}

/** The drawings that were visible at a moment, with the colours of their authors. */
function drawnAt(record: SessionRecord, atMs: number) {
  const log = new AnnotationLog();
  log.apply(record.annotations.filter(({ at_ms }) => at_ms <= atMs));
  return log.visible.map(({ node, shape, author }) => ({
    node: node ?? null,
    shape,
    color: participantOf(record.participants, author)?.color ?? 0,
  }));
}
