import type {
  AnchorState,
  Annotation,
  AnnotationId,
  ParticipantId,
  PendingAnnotation,
  Shape,
  SurfaceId,
} from '@sightline/protocol';

/** How an author's drawings and pointer look. */
export interface AuthorLook {
  readonly name: string;
  readonly color: string;
}

/** A drawing in the making. */
export interface Draft {
  readonly shape: Shape;
  /** Share of the frame width. */
  readonly width: number;
  readonly color: string;
}

/** Everything that one view of a surface has to show over its picture. */
export interface Scene {
  readonly surface: SurfaceId;
  readonly annotations: readonly Annotation[];
  /** Own drawings that the server has not numbered yet. */
  readonly pending: readonly PendingAnnotation[];
  readonly states: ReadonlyMap<number, AnchorState>;
  readonly draft: Draft | null;
  readonly highlighted: AnnotationId | null;
  readonly author: (id: ParticipantId) => AuthorLook;
  readonly ownLook: (() => AuthorLook) | undefined;
  /** Draws an arrow at the edge towards drawings that are out of view. */
  readonly edgeArrows: boolean;
}
