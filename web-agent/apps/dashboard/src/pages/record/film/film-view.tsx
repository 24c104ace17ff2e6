import { authorColor, FrameBoard, frameTimesWanted } from '@sightline/board';
import type { ParticipantId, SessionRecord } from '@sightline/protocol';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useText } from '../../../i18n';
import { displayName, surfaceName } from '../../../session/model/announce';
import { participantOf } from '../../../session/model/select';
import { Drawings, HeardStates } from './drawings';
import type { FilmFrame } from './part';
import type { FilmParts } from './parts';
import { Projector, type ProjectorState } from './projector';
import type { Reel } from './reel';

/** Where somebody pointed is shown for so long after the last word of it. */
const POINTED_MS = 4_000;

interface FilmViewProps {
  readonly record: SessionRecord;
  readonly reel: Reel;
  readonly parts: FilmParts;
  /** Milliseconds since the session began. */
  readonly atMs: number;
  readonly playing: boolean;
  readonly onState: (state: ProjectorState) => void;
}

/** The picture of a moment, with everything that was drawn on it. */
export function FilmView({ record, reel, parts, atMs, playing, onState }: FilmViewProps) {
  const texts = useText();
  const picture = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const moment = useRef({ atMs, playing });
  moment.current = { atMs, playing };
  const [state, setState] = useState<ProjectorState>('coming');
  const [projection, setProjection] = useState<Projection | null>(null);
  const drawings = useMemo(() => new Drawings(record.annotations), [record]);
  const names = useRef(texts);
  names.current = texts;
  const tell = useRef(onState);
  tell.current = onState;

  useEffect(() => {
    if (picture.current === null || overlay.current === null) return;
    const made = new Projection({
      reel,
      parts,
      drawings,
      picture: picture.current,
      overlay: overlay.current,
      nameOf: (id) => {
        const one = participantOf(record.participants, id);
        return { name: displayName(one, names.current), color: authorColor(one?.color ?? 0) };
      },
      idOf: (number) => record.participants.find((one) => one.number === number)?.id ?? null,
      onState: (next) => {
        setState(next);
        tell.current(next);
      },
    });
    setState('coming');
    setProjection(made);
    made.seek(moment.current.atMs, moment.current.playing);
    return () => made.dispose();
  }, [record, reel, parts, drawings]);
  // Before the page is painted: the time bar never stands beside a picture of another time that is
  // said to be its own.
  useLayoutEffect(() => projection?.seek(atMs, playing), [projection, atMs, playing]);

  const { kind, participant } = reel.track;
  const owner = displayName(participantOf(record.participants, participant), texts);
  const label = texts.stage.picture(surfaceName(kind ?? 'unknown', texts), owner);
  return (
    <div className="film" data-testid="film" data-state={state}>
      <canvas ref={picture} data-testid="film-picture" role="img" aria-label={label} />
      <canvas ref={overlay} data-testid="film-drawings" />
      {state === 'coming' && <p className="film-coming">{texts.record.coming}</p>}
      {(state === 'unplayable' || state === 'unreachable') && (
        <p className="player-nothing" role="status">
          {texts.record[state]}
        </p>
      )}
    </div>
  );
}

interface ProjectionOptions {
  readonly reel: Reel;
  readonly parts: FilmParts;
  readonly drawings: Drawings;
  readonly picture: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
  readonly nameOf: (participant: ParticipantId) => {
    readonly name: string;
    readonly color: string;
  };
  readonly idOf: (number: number) => ParticipantId | null;
  readonly onState: (state: ProjectorState) => void;
}

/** A projector with the board over it. */
class Projection {
  readonly #options: ProjectionOptions;
  readonly #projector: Projector;
  readonly #board: FrameBoard;
  readonly #states = new HeardStates();
  /** Drawings whose beginning was looked up. */
  readonly #asked = new Set<string>();
  readonly #exact = frameTimesWanted(location.search);
  #ms = 0;

  constructor(options: ProjectionOptions) {
    this.#options = options;
    this.#board = new FrameBoard({
      canvas: options.overlay,
      author: options.nameOf,
      pointerAuthor: (number) => {
        const id = options.idOf(number);
        return id === null ? null : options.nameOf(id);
      },
    });
    this.#projector = new Projector({
      reel: options.reel,
      parts: options.parts,
      onPicture: (picture, frame) => {
        drawUpright(options.picture, picture, frame.turns);
        this.#draw();
      },
      onState: (state) => {
        if (state === 'gap') this.#clear();
        options.onState(state);
      },
      onHeard: () => this.#draw(),
    });
  }

  seek(ms: number, playing: boolean): void {
    this.#ms = ms;
    this.#projector.seek(ms, playing);
    this.#draw();
  }

  dispose(): void {
    this.#projector.dispose();
    this.#board.dispose();
  }

  #draw(): void {
    const { drawings, picture, reel } = this.#options;
    const { shown, beside } = this.#projector;
    const { surface } = reel.track;
    if (shown === null || surface == null) return;
    for (const part of beside) this.#states.take(part);
    const annotations = drawings.at(this.#ms).filter((one) => one.surface === surface);
    for (const annotation of annotations) this.#lookUp(annotation.id, drawings.addedAt(annotation));
    const number = reel.track.surface_number;
    const poses = beside.flatMap((part) => part.poses.filter((one) => one.surface === number));
    const cursors = beside
      .flatMap((part) => part.cursors)
      .filter((one) => one.surface === number && one.atMs <= shown.atMs)
      .filter(({ atMs }) => shown.atMs - atMs <= POINTED_MS)
      .toSorted((a, b) => a.atMs - b.atMs);
    this.#board.show({
      surface,
      frameTime: this.#exact ? shown.frameTime : null,
      size: { width: picture.width, height: picture.height },
      annotations,
      states: this.#states.at(this.#ms),
      poses,
      cursors: [...new Map(cursors.map((one) => [one.participant, one])).values()],
    });
    picture.dataset['frameTime'] = `${shown.frameTime}`;
    picture.dataset['at'] = `${shown.atMs}`;
  }

  /** What became of a drawing was said when it was made: it may be fixed to the screen. */
  #lookUp(id: string, addedAtMs: number): void {
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    const { reel, parts } = this.#options;
    const index = reel.at(addedAtMs);
    if (index === null) return;
    for (const { n } of reel.parts.slice(index, index + 2)) {
      const take = (part: Parameters<HeardStates['take']>[0]) => {
        if (part.states.length === 0) return;
        this.#states.take(part);
        this.#draw();
      };
      parts.get(n).then(take, () => this.#asked.delete(id));
    }
  }

  #clear(): void {
    const { picture } = this.#options;
    picture.getContext('2d')?.clearRect(0, 0, picture.width, picture.height);
    this.#board.show(null);
    delete picture.dataset['frameTime'];
    delete picture.dataset['at'];
  }
}

/** Draws a picture in its own size, turned clockwise by quarters. */
function drawUpright(
  canvas: HTMLCanvasElement,
  picture: VideoFrame,
  turns: FilmFrame['turns'],
): void {
  const { displayWidth, displayHeight } = picture;
  const lying = turns % 2 === 1;
  const [width, height] = lying ? [displayHeight, displayWidth] : [displayWidth, displayHeight];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const ctx = canvas.getContext('2d');
  if (ctx === null) return;
  ctx.setTransform(1, 0, 0, 1, width / 2, height / 2);
  ctx.rotate((turns * Math.PI) / 2);
  ctx.drawImage(picture, -displayWidth / 2, -displayHeight / 2);
}
