import { PageRecording } from '@sightline/cobrowse/recording';
import type { SessionRecord } from '@sightline/protocol';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { api, errorText } from '../../api/api';
import { useSpeech } from '../../i18n';
import { displayName, surfaceName } from '../../session/model/announce';
import { participantOf } from '../../session/model/select';
import { KindIcon } from '../../session/view/stage-bar';
import { Message, Skeleton } from '../../ui/message';
import { canDecode } from './film/codec';
import { FilmView } from './film/film-view';
import { FilmParts } from './film/parts';
import type { ProjectorState } from './film/projector';
import { reelsOf } from './film/reel';
import { playerKey } from './keys';
import { PageView } from './page-view';
import { frontAt, reelAt, type Source, sourcesOf, spanOf } from './sources';
import { TimeBar } from './time-bar';
import { useClock } from './use-clock';

interface PlayerProps {
  readonly record: SessionRecord;
  readonly onTime: (atMs: number) => void;
}

/** What was kept of pages, camera and screen, loaded as far as it has to be at once. */
export function Player({ record, onTime }: PlayerProps) {
  const { texts } = useSpeech();
  const { id } = record.session;
  const pages = record.pages ?? null;
  const file = useQuery({
    queryKey: ['pages', id],
    queryFn: () => api.pageRecording(id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    enabled: pages !== null,
  });
  const recording = useMemo(
    () => (file.data === undefined ? null : new PageRecording(file.data)),
    [file.data],
  );
  if (file.isError) return <Message kind="bad">{errorText(texts, file.error)}</Message>;
  if (pages !== null && recording === null) {
    return (
      <section className="player" aria-label={texts.record.player}>
        <Skeleton height={360} />
      </section>
    );
  }
  return <Playing record={record} onTime={onTime} recording={recording} />;
}

/** The stage with its time bar. */
function Playing({
  record,
  onTime,
  recording,
}: PlayerProps & { readonly recording: PageRecording | null }) {
  const { texts } = useSpeech();
  const reels = useMemo(() => (record.film == null ? [] : reelsOf(record.film)), [record.film]);
  const sources = useMemo(() => sourcesOf(reels, recording), [reels, recording]);
  const span = useMemo(() => spanOf(sources), [sources]);
  const { id } = record.session;
  const parts = useMemo(() => new FilmParts((n, count) => api.filmParts(id, n, count)), [id]);
  const [film, setFilm] = useState<ProjectorState>('shown');
  const [chosen, setChosen] = useState<string | null>(null);
  const decodes = canDecode();
  const clock = useClock(...span, film === 'coming');
  const { atMs, playing } = clock;
  const front = frontAt(sources, atMs, chosen);
  const reel = front === null ? null : reelAt(front, atMs);
  const onFilm = reel !== null && decodes;

  useEffect(() => onTime(atMs), [onTime, atMs]);
  useEffect(() => {
    if (!onFilm) setFilm('shown');
  }, [onFilm]);
  useEffect(() => {
    // A clock that went on would ask for the missing part again and again.
    if (film === 'unreachable') clock.play(false);
  }, [film, clock.play]);

  return (
    <section
      className="player"
      aria-label={texts.record.player}
      data-testid="player"
      data-at={atMs}
      data-playing={playing}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const { target } = event;
        const presses = target instanceof HTMLButtonElement || target instanceof HTMLSelectElement;
        if (presses && event.key === ' ') return;
        if (playerKey(event.key, clock)) event.preventDefault();
      }}
    >
      <Sources
        record={record}
        sources={sources}
        front={front}
        atMs={atMs}
        onChoose={(source) => {
          setChosen(source.key);
          // What has nothing to see now is shown from where it has.
          if (frontAt([source], atMs, null) !== null) return;
          const next = source.stretches.find(([from]) => from >= atMs) ?? source.stretches.at(-1);
          clock.seek(next?.[0] ?? atMs);
        }}
      />
      <div className="player-frame" data-kind={front?.kind}>
        {recording !== null && record.pages != null && (
          <PageView
            record={record}
            recording={recording}
            url={record.pages.replay_url}
            atMs={atMs}
            shown={front?.kind === 'page'}
          />
        )}
        {onFilm && (
          <FilmView
            record={record}
            reel={reel}
            parts={parts}
            atMs={atMs}
            playing={playing}
            onState={setFilm}
          />
        )}
        {reel !== null && !decodes && (
          <div className="player-nothing" role="status" data-testid="no-decoder">
            <p>{isSecureContext ? texts.record.noDecoder : texts.record.insecure}</p>
          </div>
        )}
        {front === null && (
          <p className="player-nothing" role="status">
            {recording === null ? texts.record.notKept : texts.record.notShared}
          </p>
        )}
      </div>
      <TimeBar record={record} sources={sources} span={span} clock={clock} />
      <Facts record={record} recording={recording} front={front} atMs={atMs} />
    </section>
  );
}

interface SourcesProps {
  readonly record: SessionRecord;
  readonly sources: readonly Source[];
  readonly front: Source | null;
  readonly atMs: number;
  readonly onChoose: (source: Source) => void;
}

/** Which surface is looked at, where there was more than one. */
function Sources({ record, sources, front, atMs, onChoose }: SourcesProps) {
  const { texts } = useSpeech();
  if (sources.length < 2) return null;
  const twice = (source: Source) => sources.filter(({ kind }) => kind === source.kind).length > 1;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms, this is a choice of views
    <div className="player-sources" role="group" aria-label={texts.stage.surfaces}>
      {sources.map((source) => (
        <button
          key={source.key}
          type="button"
          className="stage-tab"
          aria-pressed={source === front}
          data-testid="player-source"
          data-kind={source.kind}
          data-here={frontAt([source], atMs, null) !== null}
          onClick={() => onChoose(source)}
        >
          <KindIcon kind={source.kind} />
          {surfaceName(source.kind, texts)}
          {twice(source) &&
            ` (${displayName(participantOf(record.participants, source.by), texts)})`}
        </button>
      ))}
    </div>
  );
}

interface FactsProps {
  readonly record: SessionRecord;
  readonly recording: PageRecording | null;
  readonly front: Source | null;
  readonly atMs: number;
}

/** What is missing, and for how long the rest is kept. */
function Facts({ record, recording, front, atMs }: FactsProps) {
  const { texts, language } = useSpeech();
  const kept = front?.kind === 'page' || record.film == null ? record.pages : record.film;
  const title = front?.kind === 'page' ? recording?.at(atMs).tab?.title : '';
  const cut = record.film?.cut === true || recording?.cut === true;
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long' });
  return (
    <p className="soft" data-testid="player-facts">
      {title ? `${title} · ` : ''}
      {cut ? `${texts.record.cut} ` : ''}
      {kept == null ? '' : texts.record.erased(date.format(new Date(kept.erased_at)))}
    </p>
  );
}
