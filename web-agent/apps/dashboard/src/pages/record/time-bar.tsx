import type { SessionRecord } from '@sightline/protocol';
import { Pause, Play } from 'lucide-react';
import { useText } from '../../i18n';
import { clock as written } from '../../session/model/format';
import { Button } from '../../ui/button';
import type { Source } from './sources';
import { type Clock, SPEEDS } from './use-clock';

interface TimeBarProps {
  readonly record: SessionRecord;
  readonly sources: readonly Source[];
  readonly span: readonly [from: number, to: number];
  readonly clock: Clock;
}

/** Play, the time bar with its marks, how fast. */
export function TimeBar({ record, sources, span, clock }: TimeBarProps) {
  const texts = useText();
  const { atMs, playing, speed } = clock;
  const [begin, end] = span;
  return (
    <div className="player-bar">
      <Button
        icon
        look="primary"
        aria-label={playing ? texts.record.pause : texts.record.play}
        aria-keyshortcuts="Space K"
        title={texts.record.keys}
        data-testid="player-play"
        onClick={() => clock.play(!playing)}
      >
        {playing ? <Pause size={16} /> : <Play size={16} />}
      </Button>
      <div className="player-time">
        <Marks record={record} span={span} />
        <input
          type="range"
          min={begin}
          max={Math.max(end, begin + 1)}
          step="any"
          value={atMs}
          aria-label={texts.record.time}
          aria-valuetext={written(atMs)}
          data-testid="player-time"
          onChange={(event) => clock.seek(event.target.valueAsNumber)}
        />
        <Kept sources={sources} span={span} />
      </div>
      <span className="player-clock">
        {written(atMs)} / {written(end)}
      </span>
      <select
        className="select player-speed"
        aria-label={texts.record.speed}
        aria-keyshortcuts="< >"
        value={`${speed}`}
        data-testid="player-speed"
        onChange={(event) =>
          clock.setSpeed(SPEEDS.find((one) => `${one}` === event.target.value) ?? 1)
        }
      >
        {SPEEDS.map((one) => (
          <option key={one} value={`${one}`}>
            {texts.record.times(one)}
          </option>
        ))}
      </select>
    </div>
  );
}

type Span = readonly [from: number, to: number];

/** Places something along the bar, through the style object as the page's policy wants it. */
function along([begin, end]: Span, from: number, to = from) {
  const span = Math.max(1, end - begin);
  const share = (ms: number) => Math.min(1, Math.max(0, (ms - begin) / span)) * 100;
  return { left: `${share(from)}%`, ...(to > from && { width: `${share(to) - share(from)}%` }) };
}

/** Where something was drawn or written. */
function Marks({ record, span }: { record: SessionRecord; span: Span }) {
  const marks = [
    ...record.annotations.map(({ seq, at_ms }) => ({ key: `a${seq}`, at_ms, kind: 'drawing' })),
    ...record.chat.map(({ seq, at_ms }) => ({ key: `c${seq}`, at_ms, kind: 'chat' })),
    ...record.snapshots.map(({ id, at_ms }) => ({ key: id, at_ms, kind: 'snapshot' })),
  ].filter(({ at_ms }) => at_ms >= span[0] && at_ms <= span[1]);
  return (
    <div className="player-marks" aria-hidden="true">
      {marks.map(({ key, at_ms, kind }) => (
        <i key={key} data-kind={kind} style={along(span, at_ms)} />
      ))}
    </div>
  );
}

/** Where something was kept; between the stretches there is nothing to see. */
function Kept({ sources, span }: { sources: readonly Source[]; span: Span }) {
  return (
    <div className="player-kept" aria-hidden="true">
      {sources.flatMap(({ key, stretches }) =>
        stretches.map(([from, to]) => <i key={`${key} ${from}`} style={along(span, from, to)} />),
      )}
    </div>
  );
}
