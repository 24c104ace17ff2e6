import {
  authorColor,
  bindOverlay,
  DrawingInput,
  frameTimesWanted,
  Overlay,
  type Point,
} from '@sightline/board';
import type { Participant, Surface } from '@sightline/protocol';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { useText } from '../../i18n';
import { useDesk, useDeskState, useSession } from '../context';
import type { Board } from '../controller';
import { displayName } from '../model/announce';
import { participantOf } from '../model/select';
import { useHovered } from './mark-tip';

/** A place on the picture where the agent wants to type. */
export interface TextRequest {
  /** CSS pixels of the stage. */
  readonly screen: Point;
  /** Called once, with null to give up. */
  readonly done: (text: string | null) => void;
}

interface BoardOptions {
  video: RefObject<HTMLVideoElement | null>;
  canvas: RefObject<HTMLCanvasElement | null>;
  /** The surface that the video shows. */
  surface: Surface | null;
  /** False lets nothing be drawn. */
  drawing: boolean;
}

/** Lays the board over the video while the stage is on the page, and lends it to the desk. */
export function useBoard({ video, canvas, surface, drawing }: BoardOptions) {
  const desk = useDesk();
  const text = useText();
  const texts = useRef(text);
  texts.current = text;
  const [board, setBoard] = useState<Board | null>(null);
  const [request, setRequest] = useState<TextRequest | null>(null);

  useEffect(() => {
    if (video.current === null || canvas.current === null) return;
    const { client } = desk;
    const find = (of: (one: Participant) => boolean) => client.state.participants.find(of);
    const look = (one: Participant | undefined) => ({
      name: displayName(one ?? null, texts.current),
      color: authorColor(one?.color ?? 0),
    });
    const overlay = new Overlay({
      video: video.current,
      canvas: canvas.current,
      frameTimes: frameTimesWanted(location.search),
      author: (id) => look(find((one) => one.id === id)),
      ownLook: () => look(find((one) => one.id === client.state.you)),
      pointerAuthor: (number) => {
        const one = find((other) => other.number === number);
        return one === undefined ? null : look(one);
      },
    });
    const input = new DrawingInput({
      overlay,
      element: canvas.current,
      color: authorColor(0),
      onBegin: (frameTime) => desk.beginDrawing(frameTime),
      onGiveUp: () => desk.giveUpDrawing(),
      onShape: (shape, frameTime, width) => desk.draw(shape, frameTime, width),
      onPointer: (at, frameTime) => desk.point(at, frameTime),
      onText: (screen, done) => {
        let open = true;
        setRequest({
          screen,
          done: (text) => {
            // Enter removes the field, and a field that is removed loses the focus: one is enough.
            if (!open) return;
            open = false;
            setRequest(null);
            done(text);
          },
        });
      },
    });
    const opened = { overlay, input };
    const takeBack = desk.lend(opened);
    setBoard(opened);
    return () => {
      takeBack();
      input.dispose();
      overlay.dispose();
      setBoard(null);
    };
  }, [desk, video, canvas]);

  const id = surface?.id ?? null;
  const number = surface?.number ?? 0;
  useEffect(() => {
    if (board === null) return;
    board.overlay.setSurface(id === null ? null : { id, number });
    return id === null ? undefined : bindOverlay(board.overlay, desk.client, id);
  }, [board, desk, id, number]);

  const tool = useDeskState((state) => state.tool);
  const color = useSession((state) => participantOf(state.participants, state.you)?.color ?? 0);
  useEffect(() => {
    if (board === null) return;
    board.input.tool = drawing ? tool : null;
    board.input.color = authorColor(color);
  }, [board, tool, drawing, color]);

  const hovered = useHovered(canvas, board?.overlay ?? null);
  return { request, hovered };
}
