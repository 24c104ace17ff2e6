// Generated from core/protocol/schema.json by `npm run generate`. Do not edit.

/**
 * Why an anchor changed its status.
 * - `attached`: Attached and verified.
 * - `found_again`: Found again after a loss.
 * - `occluded`: Something covers it.
 * - `out_of_view`: It left the picture.
 * - `blur`: The picture is too blurred to tell.
 * - `too_few_texture`: Too few details under the drawing to hold on to.
 * - `moved`: The thing itself changed place or look.
 * - `frame_expired`: The frame it was drawn on is no longer in memory.
 * - `no_tracker`: Nobody tracks this surface.
 */
export type AnchorReason =
  | 'attached'
  | 'found_again'
  | 'occluded'
  | 'out_of_view'
  | 'blur'
  | 'too_few_texture'
  | 'moved'
  | 'frame_expired'
  | 'no_tracker'
  | 'unknown';
/**
 * Whether the place of an anchor is known.
 * - `tracking`: The place is verified in this frame.
 * - `uncertain`: The place is plausible but weakly supported; drawn faded.
 * - `lost`: The place is not known; not drawn.
 * - `fixed`: Nothing there can be held on to: the drawing stays where it was drawn, fixed to the screen,
 * and is marked so.
 */
export type AnchorStatus = 'tracking' | 'uncertain' | 'lost' | 'fixed';
export type SurfaceId = `sur_${string}`;
/**
 * What an annotation is fixed to.
 * - `world`: A patch of the world under the drawing, tracked from frame to frame.
 * - `frame`: A place in the frame, wherever the camera looks.
 */
export type Attach = 'world' | 'frame';
export type ParticipantId = `par_${string}`;
export type AnnotationId = `ann_${string}`;
/**
 * What is drawn. All coordinates are those of the frame it was drawn on.
 */
export type Shape =
  | {
      /**
       * Tail.
       *
       * @minItems 2
       * @maxItems 2
       */
      from: [number, number];
      /**
       * Head.
       *
       * @minItems 2
       * @maxItems 2
       */
      to: [number, number];
      type: 'arrow';
    }
  | {
      /**
       * Middle.
       *
       * @minItems 2
       * @maxItems 2
       */
      center: [number, number];
      /**
       * Half-axes in shares of frame width and height, each above 0.
       *
       * @minItems 2
       * @maxItems 2
       */
      radius: [number, number];
      type: 'circle';
    }
  | {
      /**
       * 1 to [`limits::STROKE_POINTS`] points.
       */
      points: [number, number][];
      type: 'freehand';
    }
  | {
      /**
       * 1 to [`limits::STROKE_POINTS`] points.
       */
      points: [number, number][];
      type: 'highlight';
    }
  | {
      /**
       * Left end of the baseline.
       *
       * @minItems 2
       * @maxItems 2
       */
      at: [number, number];
      /**
       * 1 to [`limits::LABEL_CHARS`] characters.
       */
      text: string;
      type: 'text';
    }
  | {
      type: 'unknown';
    };
/**
 * What a step of the annotation log changes.
 */
export type AnnotationOp =
  | {
      /**
       * The drawing.
       */
      annotation: Annotation;
      type: 'added';
    }
  | {
      /**
       * Which.
       */
      ids: AnnotationId[];
      type: 'hidden';
    }
  | {
      /**
       * Which.
       */
      ids: AnnotationId[];
      type: 'shown';
    }
  | {
      type: 'unknown';
    };
/**
 * A control message from a participant to the server.
 *
 * The first message on a WebSocket is [`ClientMessage::Hello`]. The `Annotation*` messages may
 * come over the WebSocket or over the `annotations` data channel, with the same meaning.
 */
export type ClientMessage =
  | {
      /**
       * [`crate::PROTOCOL_VERSION`] of the client.
       */
      protocol: number;
      /**
       * The participant's token, from the join or session API.
       */
      token: string;
      /**
       * True when this client tracks anchors on the surfaces that it publishes.
       */
      tracks_anchors: boolean;
      type: 'hello';
    }
  | {
      /**
       * Echoed.
       */
      nonce: number;
      type: 'ping';
    }
  | {
      /**
       * Counts up with each offer; the answer carries it.
       */
      number: number;
      /**
       * Session description, RFC 8829.
       */
      sdp: string;
      /**
       * The sections of the offer in which the client sends.
       */
      tracks: PublishedTrack[];
      type: 'offer';
    }
  | {
      /**
       * Days for which the film of it is kept, as the customer read before allowing it; none when
       * they read of no film, and then it is not kept.
       */
      film_days?: number | null;
      /**
       * True to allow.
       */
      granted: boolean;
      /**
       * What.
       */
      scope: ConsentScope;
      type: 'set_consent';
    }
  | {
      /**
       * What.
       */
      kind: SurfaceKind;
      type: 'request_surface';
    }
  | {
      type: 'share_page';
    }
  | {
      /**
       * True for the curtain.
       */
      paused: boolean;
      /**
       * Which surface.
       */
      surface: SurfaceId;
      type: 'set_paused';
    }
  | {
      /**
       * How many parts are hidden at this moment, [`limits::HIDDEN_ALL`] for the whole picture.
       */
      parts: number;
      /**
       * Which surface.
       */
      surface: SurfaceId;
      type: 'set_hidden';
    }
  | {
      /**
       * Which.
       */
      surface: SurfaceId;
      type: 'stop_surface';
    }
  | {
      /**
       * What it shall be fixed to.
       */
      attach: Attach;
      /**
       * Chosen by the client; a second add with the same one by the same author is ignored.
       */
      client_id: string;
      /**
       * The frame that the author saw.
       */
      frame_time?: number | null;
      /**
       * The element that it shall be fixed to: needed on a page, refused elsewhere.
       */
      node?: PageNode | null;
      /**
       * What is drawn.
       */
      shape: Shape;
      /**
       * Where.
       */
      surface: SurfaceId;
      type: 'annotation_add';
      /**
       * Stroke width as a share of the frame width.
       */
      width: number;
    }
  | {
      /**
       * See `annotation_add`.
       */
      client_id: string;
      /**
       * Which.
       */
      id: AnnotationId;
      type: 'annotation_remove';
    }
  | {
      /**
       * See `annotation_add`.
       */
      client_id: string;
      type: 'annotation_undo';
    }
  | {
      /**
       * See `annotation_add`.
       */
      client_id: string;
      type: 'annotation_redo';
    }
  | {
      /**
       * See `annotation_add`.
       */
      client_id: string;
      /**
       * Where.
       */
      surface: SurfaceId;
      type: 'annotation_clear';
    }
  | {
      /**
       * Last known sequence number, 0 for all.
       */
      after: number;
      type: 'annotation_sync';
    }
  | {
      /**
       * What changed.
       */
      states: AnchorState[];
      type: 'anchor_states';
    }
  | {
      /**
       * Which frame.
       */
      frame_time: number;
      /**
       * False to let it go.
       */
      hold: boolean;
      /**
       * Which surface.
       */
      surface: SurfaceId;
      type: 'hold_frame';
    }
  | {
      /**
       * See `annotation_add`.
       */
      client_id: string;
      /**
       * Text.
       */
      text: string;
      type: 'chat_send';
    }
  | {
      /**
       * Figures.
       */
      quality: Quality;
      type: 'report_quality';
    }
  | {
      type: 'leave';
    }
  | {
      type: 'end_session';
    };
/**
 * Sound or picture.
 * - `audio`: Sound.
 * - `video`: Picture.
 */
export type TrackKind = 'audio' | 'video';
/**
 * What kind of thing a surface is.
 * - `camera`: A live camera.
 * - `screen`: A live screen, window or tab.
 * - `page`: A web page that both look at together (co-browse).
 */
export type SurfaceKind = 'camera' | 'screen' | 'page' | 'unknown';
/**
 * What a customer can allow. Everything starts refused.
 * - `camera`: Send the camera's picture.
 * - `screen`: Send the screen's picture.
 * - `page`: Send what a web page shows, with private places hidden.
 * - `microphone`: Send the microphone's sound.
 * - `snapshot`: Let agents keep still pictures.
 */
export type ConsentScope = 'camera' | 'screen' | 'page' | 'microphone' | 'snapshot' | 'unknown';
/**
 * Why a device does less than it could.
 * - `heat`: It is hot.
 * - `battery`: Its battery is low.
 */
export type Saving = 'heat' | 'battery' | 'unknown';
/**
 * How much is hidden when no rule speaks.
 * - `marked_and_inputs`: Marked places and everything that is typed or chosen.
 * - `everything_but_marked`: Everything but marked places.
 */
export type MaskMode = 'marked_and_inputs' | 'everything_but_marked';
/**
 * What a rule does with what it finds.
 * - `mask`: Texts and pictures inside are hidden, the shape stays.
 * - `block`: Nothing inside is sent.
 * - `show`: May be seen, in the mode that hides everything else.
 * - `no_control`: Only the customer may activate it.
 */
export type RuleAction = 'mask' | 'block' | 'show' | 'no_control';
/**
 * How a command ended.
 * - `done`: Carried out.
 * - `not_granted`: The customer has not granted this kind, or has taken it back.
 * - `blocked`: Only the customer may activate this control.
 * - `not_possible`: The node is gone, hidden from the agent, or takes no such command.
 */
export type CommandOutcome = 'done' | 'not_granted' | 'blocked' | 'not_possible';
/**
 * A kind of thing that the customer can let an agent do in the page. Everything starts refused.
 * - `click`: Click on things.
 * - `type`: Fill in fields.
 * - `scroll`: Scroll.
 * - `navigate`: Go to another page of the site.
 */
export type ControlKind = 'click' | 'type' | 'scroll' | 'navigate';
/**
 * What a participant is in a session.
 * - `customer`: Owns the camera, screen or page, and the consent.
 * - `agent`: Leads the session and draws.
 * - `technician`: Invited to help; sees and draws.
 * - `supervisor`: Watches.
 * - `recorder`: A machine that stores the session.
 * - `vision`: A machine that tracks anchors for a customer whose device does not.
 */
export type Role =
  'customer' | 'agent' | 'technician' | 'supervisor' | 'recorder' | 'vision' | 'unknown';
/**
 * What was wrong with a request, over HTTP and in session messages.
 * - `malformed`: Not JSON, or not a message of this protocol.
 * - `unknown_message`: A message type that this server does not know.
 * - `out_of_range`: A field breaks a limit of the protocol.
 * - `too_large`: The message is larger than the limit.
 * - `rate_limited`: Too many messages or tries; wait and try again.
 * - `unauthenticated`: No valid sign-in or token.
 * - `forbidden`: The role does not allow it.
 * - `consent_missing`: The customer has not allowed it.
 * - `not_found`: There is no such thing, or not for this participant.
 * - `invalid_code`: Wrong, expired, used or foreign invitation: always the same answer.
 * - `session_ended`: The session is over.
 * - `limit_reached`: A count limit of the session is reached.
 * - `version_mismatch`: Protocol versions do not fit; update the client.
 * - `media_failed`: The media negotiation failed.
 * - `too_many_errors`: Too many bad messages; the connection closes.
 * - `internal`: A fault of the server; it was logged.
 */
export type ErrorCode =
  | 'malformed'
  | 'unknown_message'
  | 'out_of_range'
  | 'too_large'
  | 'rate_limited'
  | 'unauthenticated'
  | 'forbidden'
  | 'consent_missing'
  | 'not_found'
  | 'invalid_code'
  | 'session_ended'
  | 'limit_reached'
  | 'version_mismatch'
  | 'media_failed'
  | 'too_many_errors'
  | 'internal'
  | 'unknown';
/**
 * How a track of a film is encoded.
 * - `vp8`: VP8 frames, RFC 6386.
 * - `h264`: H.264 access units with start codes (ITU-T H.264, Annex B); sets of parameters stand before
 * the frames that need them.
 * - `opus`: Opus packets, RFC 6716.
 */
export type FilmCodec = 'vp8' | 'h264' | 'opus' | 'unknown';
export type SessionId = `ses_${string}`;
export type UserId = `usr_${string}`;
/**
 * Something that an agent asks the customer's tab to do. The tab decides.
 */
export type PageCommand =
  | {
      /**
       * Number of the node in the replay.
       */
      node: number;
      type: 'click';
    }
  | {
      /**
       * Number of the field.
       */
      node: number;
      /**
       * The new content.
       */
      text: string;
      type: 'type';
    }
  | {
      /**
       * Name of the key (UI Events, `KeyboardEvent.key`).
       */
      key: string;
      /**
       * Number of the node.
       */
      node: number;
      type: 'key';
    }
  | {
      /**
       * Number of the select.
       */
      node: number;
      /**
       * Place of the option, from 0.
       */
      option: number;
      type: 'choose';
    }
  | {
      /**
       * Number of the node; none for the page.
       */
      node?: number | null;
      type: 'scroll';
      /**
       * From the left.
       */
      x: number;
      /**
       * From the top.
       */
      y: number;
    }
  | {
      type: 'back';
    }
  | {
      type: 'forward';
    }
  | {
      type: 'reload';
    }
  | {
      type: 'open';
      /**
       * The address.
       */
      url: string;
    };
/**
 * How good a participant's connection is, in one word.
 * - `good`: Loss under 2 % and round trip under 200 ms.
 * - `fair`: Loss under 8 % and round trip under 500 ms.
 * - `weak`: Worse than that.
 */
export type QualityLevel = 'good' | 'fair' | 'weak';
/**
 * A control message from the server to a participant.
 */
export type ServerMessage =
  | (Welcome & {
      type: 'welcome';
    })
  | {
      /**
       * Milliseconds since the session began.
       */
      at_ms: number;
      /**
       * As asked.
       */
      nonce: number;
      type: 'pong';
    }
  | {
      /**
       * Number of the offer.
       */
      number: number;
      /**
       * Session description.
       */
      sdp: string;
      /**
       * What the sections carry in which the server sends.
       */
      tracks: ReceivedTrack[];
      type: 'answer';
    }
  | {
      /**
       * All received tracks.
       */
      tracks: ReceivedTrack[];
      type: 'tracks';
    }
  | {
      /**
       * Audio sections.
       */
      audio: number;
      type: 'media_slots';
      /**
       * Video sections.
       */
      video: number;
    }
  | {
      /**
       * As it is now.
       */
      participant: Participant;
      type: 'participant_updated';
    }
  | {
      /**
       * As it is now.
       */
      consent: ConsentState;
      type: 'consent_changed';
    }
  | {
      /**
       * Who asks.
       */
      by: ParticipantId;
      /**
       * What.
       */
      kind: SurfaceKind;
      type: 'surface_requested';
    }
  | {
      /**
       * As it is now.
       */
      surface: Surface;
      type: 'surface_updated';
    }
  | {
      /**
       * Which.
       */
      surface: SurfaceId;
      type: 'surface_removed';
    }
  | {
      /**
       * The steps.
       */
      events: AnnotationEvent[];
      type: 'annotation_events';
    }
  | {
      /**
       * What changed.
       */
      states: AnchorState[];
      type: 'anchor_states';
    }
  | {
      /**
       * Who.
       */
      by: ParticipantId;
      /**
       * Which frame.
       */
      frame_time: number;
      /**
       * False to let it go.
       */
      hold: boolean;
      /**
       * Which surface.
       */
      surface: SurfaceId;
      type: 'hold_frame';
    }
  | {
      /**
       * The message.
       */
      message: ChatMessage;
      type: 'chat';
    }
  | {
      /**
       * The picture.
       */
      snapshot: Snapshot;
      type: 'snapshot_added';
    }
  | {
      /**
       * One word.
       */
      level: QualityLevel;
      /**
       * Whose.
       */
      participant: ParticipantId;
      /**
       * Figures.
       */
      quality: Quality;
      type: 'quality_changed';
    }
  | {
      /**
       * Who ended it; none when the server did.
       */
      by?: ParticipantId | null;
      type: 'session_ended';
    }
  | {
      /**
       * The refused request's `client_id`, when it had one.
       */
      client_id?: string | null;
      /**
       * What was wrong.
       */
      code: ErrorCode;
      /**
       * True when the connection closes after this.
       */
      fatal: boolean;
      /**
       * What to do, in words for a developer; carries no private data.
       */
      message: string;
      type: 'error';
    }
  | {
      type: 'unknown';
    };
/**
 * Where a session stands.
 * - `waiting`: Made; no customer yet.
 * - `active`: The customer is or was here.
 * - `ended`: Over; nobody can join.
 */
export type SessionPhase = 'waiting' | 'active' | 'ended' | 'unknown';
export type SnapshotId = `snp_${string}`;
/**
 * From a customer's tab to the relay.
 */
export type TabMessage =
  | {
      /**
       * Six digits.
       */
      code: string;
      /**
       * The company whose site this is, from the script element.
       */
      tenant: string;
      type: 'preview';
    }
  | {
      /**
       * The company whose site this is, from the script element.
       */
      tenant: string;
      type: 'show_code';
    }
  | {
      /**
       * From the preview.
       */
      ticket: string;
      type: 'accept';
    }
  | {
      /**
       * Chosen by the document; another one after a reload. See [`crate::PageNode::page`].
       */
      page?: number;
      /**
       * [`crate::PROTOCOL_VERSION`] of the script.
       */
      protocol: number;
      /**
       * Chosen by the tab; the same after a reload.
       */
      tab: string;
      /**
       * The customer's participant token.
       */
      token: string;
      type: 'hello';
    }
  | {
      /**
       * The company whose site this is, from the script element.
       */
      tenant: string;
      /**
       * From the fragment of the address.
       */
      ticket: string;
      type: 'resume';
    }
  | {
      /**
       * What the script there shall know.
       */
      agreed: Agreed;
      /**
       * True for another tab, which the page opens.
       */
      fresh: boolean;
      type: 'handover';
    }
  | {
      /**
       * Its origin, when it is one of the company's; nobody is told where else customers go.
       */
      origin?: string | null;
      type: 'leaving';
    }
  | {
      /**
       * A [`crate::ClientMessage`]; checked where all of them are.
       */
      message: {
        [k: string]: unknown;
      };
      type: 'session';
    }
  | {
      /**
       * True while the tab is in front.
       */
      front: boolean;
      /**
       * Title of the page.
       */
      title: string;
      type: 'where';
      /**
       * Address without query and fragment.
       */
      url: string;
    }
  | {
      /**
       * SHA-256 in hexadecimal.
       */
      hashes: string[];
      type: 'have';
    }
  | {
      /**
       * Each at most once.
       */
      kinds: ControlKind[];
      type: 'grants';
    }
  | {
      /**
       * As asked.
       */
      id: number;
      /**
       * How.
       */
      outcome: CommandOutcome;
      type: 'outcome';
    }
  | {
      /**
       * Where.
       */
      pointer: PagePointer;
      type: 'pointer';
    }
  | {
      /**
       * None when it was not said.
       */
      record_days?: number | null;
      type: 'told';
    }
  | {
      /**
       * As asked.
       */
      id: number;
      /**
       * None when the node is gone.
       */
      picked?: PickedElement | null;
      type: 'picked';
    }
  | {
      /**
       * Elements that each rule finds on this page, in the order of the question.
       */
      hits: number[];
      /**
       * As asked.
       */
      id: number;
      type: 'counted';
    }
  | {
      type: 'phone';
    }
  | {
      type: 'close';
    };
/**
 * From the relay to a customer's tab.
 */
export type TabNotice =
  | {
      /**
       * Who asks.
       */
      preview: InvitePreview;
      type: 'preview';
    }
  | {
      /**
       * Six digits, single use.
       */
      code: string;
      type: 'code';
      /**
       * Seconds until it stops working.
       */
      valid_s: number;
    }
  | {
      /**
       * The place in the session.
       */
      joined: Joined;
      type: 'joined';
    }
  | {
      /**
       * As asked.
       */
      fresh: boolean;
      /**
       * For the fragment of the address, single use; none when too many are under way.
       */
      ticket?: string | null;
      type: 'ticket';
      /**
       * Seconds until it stops working.
       */
      valid_s: number;
    }
  | {
      /**
       * What the customer has agreed to.
       */
      agreed: Agreed;
      /**
       * The place in the session.
       */
      joined: Joined;
      /**
       * The tab that goes on; none for a new one, which asks the customer first.
       */
      tab?: string | null;
      type: 'resumed';
    }
  | {
      /**
       * True when the customer allows the page to be seen.
       */
      consent: boolean;
      /**
       * The company's rules.
       */
      rules: PageRules;
      type: 'ready';
    }
  | {
      /**
       * As everywhere.
       */
      message: ServerMessage;
      type: 'session';
    }
  | {
      /**
       * SHA-256 in hexadecimal.
       */
      hashes: string[];
      type: 'missing';
    }
  | {
      type: 'need_snapshot';
    }
  | {
      /**
       * Who.
       */
      by: ParticipantId;
      /**
       * What.
       */
      kinds: ControlKind[];
      /**
       * Name to show.
       */
      name: string;
      type: 'control_asked';
    }
  | {
      /**
       * Who.
       */
      by: ParticipantId;
      /**
       * What.
       */
      command: PageCommand;
      /**
       * To answer with.
       */
      id: number;
      type: 'command';
    }
  | {
      /**
       * Whose.
       */
      by: ParticipantId;
      /**
       * Index into the author colours.
       */
      color: number;
      /**
       * Name to show.
       */
      name: string;
      /**
       * Where.
       */
      pointer: PagePointer;
      type: 'pointer';
    }
  | {
      /**
       * All of them.
       */
      rules: PageRules;
      type: 'rules';
    }
  | {
      /**
       * To answer with.
       */
      id: number;
      /**
       * Number of the node.
       */
      node: number;
      type: 'pick';
    }
  | {
      /**
       * To answer with.
       */
      id: number;
      /**
       * The rules.
       */
      rules: PageRule[];
      type: 'count';
    }
  | {
      /**
       * Address to open on the phone; works once.
       */
      link: string;
      /**
       * The modules, row by row: `1` for a dark one.
       */
      qr: string;
      /**
       * Modules on each side of its QR code (ISO/IEC 18004), without the quiet zone.
       */
      qr_width: number;
      type: 'phone';
      /**
       * Seconds until it stops working.
       */
      valid_s: number;
    }
  | {
      /**
       * Why.
       */
      code: ErrorCode;
      /**
       * True when the connection closes.
       */
      fatal: boolean;
      /**
       * In words.
       */
      message: string;
      type: 'error';
    };
/**
 * From somebody who looks on to the relay.
 */
export type ViewMessage =
  | {
      /**
       * [`crate::PROTOCOL_VERSION`] of the page.
       */
      protocol: number;
      /**
       * The participant's token.
       */
      token: string;
      type: 'hello';
    }
  | {
      /**
       * Of what.
       */
      kinds: ControlKind[];
      type: 'ask_control';
    }
  | {
      /**
       * What.
       */
      command: PageCommand;
      /**
       * Chosen by the sender; the outcome carries it.
       */
      id: number;
      /**
       * Number of the tab.
       */
      tab: number;
      type: 'command';
    }
  | {
      /**
       * Where.
       */
      pointer: PagePointer;
      /**
       * Number of the tab.
       */
      tab: number;
      type: 'pointer';
    }
  | {
      /**
       * Chosen by the sender; the answer carries it.
       */
      id: number;
      /**
       * Number of the node.
       */
      node: number;
      /**
       * Number of the tab.
       */
      tab: number;
      type: 'pick';
    }
  | {
      /**
       * Chosen by the sender; the answer carries it.
       */
      id: number;
      /**
       * The rules.
       */
      rules: PageRule[];
      /**
       * Number of the tab.
       */
      tab: number;
      type: 'count';
    };
/**
 * From the relay to somebody who looks on.
 */
export type ViewNotice =
  | {
      /**
       * Address of the page that shows the replay, on an origin of its own.
       */
      replay_url: string;
      type: 'ready';
    }
  | {
      /**
       * Oldest first.
       */
      tabs: TabInfo[];
      type: 'tabs';
    }
  | {
      /**
       * Each at most once.
       */
      kinds: ControlKind[];
      type: 'grants';
    }
  | {
      /**
       * As asked.
       */
      id: number;
      /**
       * How.
       */
      outcome: CommandOutcome;
      type: 'outcome';
    }
  | {
      /**
       * Whose.
       */
      by: ParticipantId;
      /**
       * Index into the author colours.
       */
      color: number;
      /**
       * Name to show.
       */
      name: string;
      /**
       * Where.
       */
      pointer: PagePointer;
      /**
       * Number of the tab.
       */
      tab: number;
      type: 'pointer';
    }
  | {
      /**
       * As asked.
       */
      id: number;
      /**
       * None when the node is gone.
       */
      picked?: PickedElement | null;
      type: 'picked';
    }
  | {
      /**
       * Elements that each rule finds on the page.
       */
      hits: number[];
      /**
       * As asked.
       */
      id: number;
      type: 'counted';
    }
  | {
      /**
       * Why.
       */
      code: ErrorCode;
      /**
       * True when the connection closes.
       */
      fatal: boolean;
      /**
       * In words.
       */
      message: string;
      type: 'error';
    };

/**
 * Accepts an invitation.
 */
export interface AcceptRequest {
  /**
   * Name to show; may be empty.
   */
  name: string;
  /**
   * The ticket.
   */
  ticket: string;
}
/**
 * What a customer has read and agreed to, taken along from origin to origin.
 */
export interface Agreed {
  /**
   * Name of the agent who asked.
   */
  agent: string;
  /**
   * Days of keeping that were named; none when it was not said.
   */
  record_days?: number | null;
  /**
   * Origins that were named: on no others the session goes on by itself.
   */
  sites: string[];
}
/**
 * Status of one anchor at one frame, sent on change over the reliable path.
 */
export interface AnchorState {
  /**
   * Which anchor.
   */
  anchor: number;
  /**
   * When the server took it, in milliseconds since the session began. The server writes it,
   * whatever the sender put there.
   */
  at_ms?: number;
  /**
   * Frame of the change.
   */
  frame_time: number;
  /**
   * Last known centre of the drawing in shares of the frame, outside 0..1 when it left the
   * picture; the edge arrow points there.
   *
   * @minItems 2
   * @maxItems 2
   */
  last_seen?: [number, number] | null;
  /**
   * Why.
   */
  reason: AnchorReason;
  /**
   * New status.
   */
  status: AnchorStatus;
  /**
   * On which surface.
   */
  surface: SurfaceId;
}
/**
 * One drawing by one author on one surface.
 */
export interface Annotation {
  /**
   * Anchor whose poses move it; equals the sequence number of the event that added it.
   */
  anchor: number;
  /**
   * What it is fixed to.
   */
  attach: Attach;
  /**
   * Who drew it.
   */
  author: ParticipantId;
  /**
   * The frame that the author saw while drawing; none when the author's browser could not tell.
   */
  frame_time?: number | null;
  /**
   * Which.
   */
  id: AnnotationId;
  /**
   * The element of a shared page that it is fixed to; none on other surfaces.
   */
  node?: PageNode | null;
  /**
   * What is drawn.
   */
  shape: Shape;
  /**
   * Where.
   */
  surface: SurfaceId;
  /**
   * Stroke width as a share of the frame width, 0.001 to 0.05.
   */
  width: number;
}
/**
 * The element of a shared page that a drawing is fixed to: it scrolls, resizes and is drawn again
 * with it. The drawing's coordinates are then shares of the element's box.
 */
export interface PageNode {
  /**
   * Number of the element in that document.
   */
  node: number;
  /**
   * Which document of that tab; another page, or the same one loaded again, is another.
   */
  page: number;
  /**
   * Number of the tab.
   */
  tab: number;
}
/**
 * One step of the annotation log. Applying the steps in the order of `seq` gives the same drawing
 * on every screen.
 */
export interface AnnotationEvent {
  /**
   * Milliseconds since the session began.
   */
  at_ms: number;
  /**
   * Who caused it.
   */
  by: ParticipantId;
  /**
   * The request's `client_id`, so that its sender recognises it.
   */
  client_id: string;
  /**
   * What changed.
   */
  op: AnnotationOp;
  /**
   * Position in the log, from 1 without gaps.
   */
  seq: number;
}
/**
 * A chat message.
 */
export interface ChatMessage {
  /**
   * Milliseconds since the session began.
   */
  at_ms: number;
  /**
   * The request's `client_id`.
   */
  client_id: string;
  /**
   * Author.
   */
  from: ParticipantId;
  /**
   * Position in the chat, from 1 without gaps.
   */
  seq: number;
  /**
   * Text.
   */
  text: string;
}
/**
 * Takes a customer into a session by the code that the customer's page shows.
 */
export interface ClaimRequest {
  /**
   * Six digits, as the customer reads them out.
   */
  code: string;
}
/**
 * A track that the client sends, named in its offer.
 */
export interface PublishedTrack {
  /**
   * Sound or picture.
   */
  kind: TrackKind;
  /**
   * `a=mid` of the section in the offer.
   */
  mid: string;
  /**
   * What the picture shows; none for sound.
   */
  surface?: SurfaceKind | null;
}
/**
 * One participant's measured connection.
 */
export interface Quality {
  /**
   * Frames a second shown or sent, 0 when none.
   */
  fps: number;
  /**
   * Share of packets lost in the last interval, 0 to 1.
   */
  loss: number;
  /**
   * Round trip to the server in milliseconds.
   */
  rtt_ms: number;
  /**
   * Why the device sends or tracks less than it could; none while it does not.
   */
  saving?: Saving | null;
}
/**
 * `GET /api/cobrowse/settings`: what an administrator sees.
 */
export interface CobrowseSettings {
  /**
   * The rules in force.
   */
  rules: PageRules;
  /**
   * The script element to put into the site.
   */
  script: string;
  /**
   * The company, for the script element's `data-tenant`.
   */
  tenant: string;
}
/**
 * A company's co-browse settings, as far as a tab needs them.
 */
export interface PageRules {
  /**
   * Days for which the film of cameras and screens is kept after the session; none when it is
   * not kept at all.
   */
  film_days?: number | null;
  /**
   * What is hidden when no rule speaks.
   */
  mode: MaskMode;
  /**
   * Origins of the company's sites; empty for any.
   */
  origins: string[];
  /**
   * Days for which shared pages are kept after the session; none when they are not kept at all.
   */
  record_days?: number | null;
  /**
   * The rules.
   */
  rules: PageRule[];
}
/**
 * One rule of a company. All given conditions must hold.
 */
export interface PageRule {
  /**
   * What happens.
   */
  action: RuleAction;
  /**
   * CSS selector.
   */
  selector?: string | null;
  /**
   * Text that the element or its accessible name contains, letter case aside.
   */
  text?: string | null;
  /**
   * Address pattern with `*`; without one the rule holds everywhere.
   */
  url?: string | null;
}
/**
 * What the customer has allowed at this moment.
 */
export interface ConsentState {
  /**
   * Granted scopes, each at most once, in the order of [`ConsentScope`].
   */
  granted: ConsentScope[];
}
/**
 * Makes an invitation.
 */
export interface CreateInviteRequest {
  /**
   * Who is invited: `customer` or `technician`.
   */
  role: Role;
  /**
   * What the customer will be asked to share first.
   */
  surface?: SurfaceKind | null;
}
/**
 * Makes a session.
 */
export interface CreateSessionRequest {
  /**
   * Who or why; may be empty.
   */
  title: string;
}
/**
 * Body of every refused request.
 */
export interface ErrorBody {
  /**
   * What was wrong.
   */
  code: ErrorCode;
  /**
   * What to do, in plain words.
   */
  message: string;
  /**
   * Seconds to wait, with [`ErrorCode::RateLimited`].
   */
  retry_after_s?: number | null;
}
/**
 * At most half a second of a track.
 */
export interface FilmPart {
  /**
   * Its length.
   */
  bytes: number;
  /**
   * When its first frame was sent, in milliseconds since the session began.
   */
  from_ms: number;
  /**
   * True when its first frame can be decoded alone.
   */
  keyframe: boolean;
  /**
   * Number of the part in its address, from 0.
   */
  n: number;
  /**
   * The same of its last frame.
   */
  to_ms: number;
  /**
   * Of which track.
   */
  track: number;
}
/**
 * What was kept of a session's cameras and screens.
 */
export interface FilmRecording {
  /**
   * Bytes kept.
   */
  bytes: number;
  /**
   * True when the rest did not fit and is missing.
   */
  cut: boolean;
  /**
   * When it will be erased, RFC 3339 in UTC.
   */
  erased_at: string;
  /**
   * The parts of all tracks in the order of writing.
   */
  parts: FilmPart[];
  /**
   * What was sent, each as one line of frames.
   */
  tracks: FilmTrack[];
}
/**
 * A line of frames.
 */
export interface FilmTrack {
  /**
   * How it is encoded.
   */
  codec: FilmCodec;
  /**
   * Number in this film.
   */
  id: number;
  /**
   * What the picture shows; none for sound.
   */
  kind?: SurfaceKind | null;
  /**
   * Who sent it.
   */
  participant: ParticipantId;
  /**
   * The picture's surface, which drawings name; none for sound.
   */
  surface?: SurfaceId | null;
  /**
   * The surface's number, which pose packets name; none for sound.
   */
  surface_number?: number | null;
}
/**
 * An invitation: three ways into the same session for one person.
 */
export interface Invite {
  /**
   * Six digits, single use.
   */
  code: string;
  /**
   * When link and code stop working, RFC 3339 in UTC.
   */
  expires_at: string;
  /**
   * Address to open; its secret stands after `#` and so never reaches a log.
   */
  link: string;
  /**
   * The link as a QR code, an SVG document.
   */
  qr_svg: string;
  /**
   * Who is invited.
   */
  role: Role;
}
/**
 * Who asks, and for what.
 */
export interface InvitePreview {
  /**
   * Name of the agent.
   */
  agent_name: string;
  /**
   * Name of the company.
   */
  company_name: string;
  /**
   * Days for which the film of a camera or screen is kept; none when it is not kept. Consent
   * repeats them, see [`crate::ClientMessage::SetConsent`].
   */
  film_days?: number | null;
  /**
   * Days for which a shared page is kept; none when it is not kept.
   */
  page_record_days?: number | null;
  /**
   * Origins of the company's sites, over which a shared page goes on; empty when it stays on the
   * one that the customer is on.
   */
  page_sites?: string[];
  /**
   * Role that the invitation gives.
   */
  role: Role;
  /**
   * What the customer is asked to share first.
   */
  surface?: SurfaceKind | null;
  /**
   * Ticket to accept with.
   */
  ticket: string;
}
/**
 * A place in a session.
 */
export interface Joined {
  /**
   * Own id.
   */
  participant: ParticipantId;
  /**
   * Own role.
   */
  role: Role;
  /**
   * The session.
   */
  session: SessionId;
  /**
   * Bearer token for the WebSocket's `hello` and for pictures; valid while the session lasts,
   * 12 hours at most, also for coming back after a lost connection.
   */
  token: string;
}
/**
 * Where a customer went with a tab that was shared.
 */
export interface LeftFor {
  /**
   * Origin, when it is one of the company's; none for anywhere else.
   */
  origin?: string | null;
}
/**
 * The signed-in person.
 */
export interface Me {
  /**
   * True for somebody who may change the company's settings.
   */
  admin?: boolean;
  /**
   * Name of the company.
   */
  company_name: string;
  /**
   * Address of the account.
   */
  email: string;
  /**
   * Who.
   */
  id: UserId;
  /**
   * Name to show to customers.
   */
  name: string;
}
/**
 * Signs in with the one-time secret that the server printed at its start.
 */
export interface OneTimeSignInRequest {
  /**
   * The secret after `#` in the printed address.
   */
  secret: string;
}
/**
 * Somebody's pointer in the page.
 */
export interface PagePointer {
  /**
   * The node under it, when known.
   */
  node?: number | null;
  /**
   * False when it left the page.
   */
  visible: boolean;
  /**
   * Horizontal place: a share of the node's box, else CSS pixels of the viewport.
   */
  x: number;
  /**
   * Vertical place, the same.
   */
  y: number;
}
/**
 * What was kept of a session's shared pages.
 */
export interface PageRecording {
  /**
   * Bytes kept.
   */
  bytes: number;
  /**
   * True when the rest did not fit and is missing.
   */
  cut: boolean;
  /**
   * When it will be erased, RFC 3339 in UTC.
   */
  erased_at: string;
  /**
   * Address of the page that shows the replay, on an origin of its own.
   */
  replay_url: string;
}
/**
 * A participant as others see it.
 */
export interface Participant {
  /**
   * Index into the eight author colours, 0 to 7.
   */
  color: number;
  /**
   * True while a connection is open.
   */
  connected: boolean;
  /**
   * Who.
   */
  id: ParticipantId;
  /**
   * Name to show.
   */
  name: string;
  /**
   * Short number of the participant in this session, used in [`crate::realtime`] packets.
   */
  number: number;
  /**
   * True while this participant is connected from a web page that runs the co-browse script: it
   * can be asked to share that page.
   */
  on_page?: boolean;
  /**
   * Role, fixed for the whole session.
   */
  role: Role;
  /**
   * The place of the same person on another device, when this one was opened from there.
   */
  same_as?: ParticipantId | null;
  /**
   * True when this participant's own device tracks anchors on the surfaces that it publishes.
   */
  tracks_anchors: boolean;
}
/**
 * How an element of a page could be named in a rule.
 */
export interface PickedElement {
  /**
   * Selector that finds this one and others like it, when there are others.
   */
  alike?: string | null;
  /**
   * Elements that `alike` finds.
   */
  alike_hits: number;
  /**
   * True when it is something to press or to fill in.
   */
  control: boolean;
  /**
   * True when it is hidden already.
   */
  hidden: boolean;
  /**
   * Name of the element, such as `button`.
   */
  name: string;
  /**
   * Selector that finds this element alone.
   */
  one: string;
  /**
   * Its own text or accessible name, when it has one and it is not hidden.
   */
  text?: string | null;
  /**
   * Elements that a rule with this text would find.
   */
  text_hits: number;
}
/**
 * Asks what an invitation is for. A code is consumed by this and replaced by a ticket; a ticket
 * can be previewed until it is accepted or expires.
 */
export interface PreviewRequest {
  /**
   * The six digits, when there is no link.
   */
  code?: string | null;
  /**
   * The secret of a link, when there is one.
   */
  ticket?: string | null;
}
/**
 * A track that the client receives, named in the server's answer.
 */
export interface ReceivedTrack {
  /**
   * Who sends it.
   */
  from: ParticipantId;
  /**
   * Sound or picture.
   */
  kind: TrackKind;
  /**
   * `a=mid` of the section in the answer.
   */
  mid: string;
  /**
   * Which surface; none for sound.
   */
  surface?: SurfaceId | null;
}
/**
 * Everything that a participant needs to show the session as it stands.
 */
export interface Welcome {
  /**
   * Last known status of each anchor.
   */
  anchors: AnchorState[];
  /**
   * The whole annotation log.
   */
  annotations: AnnotationEvent[];
  /**
   * Audio tracks that the receiver should be ready to receive.
   */
  audio_slots: number;
  /**
   * The whole chat.
   */
  chat: ChatMessage[];
  /**
   * What the customer allows.
   */
  consent: ConsentState;
  /**
   * Everybody who is or was here, in order of joining.
   */
  participants: Participant[];
  /**
   * [`crate::PROTOCOL_VERSION`] of the server.
   */
  protocol: number;
  /**
   * The session.
   */
  session: SessionInfo;
  /**
   * Pictures taken so far.
   */
  snapshots: Snapshot[];
  /**
   * Published surfaces.
   */
  surfaces: Surface[];
  /**
   * Video tracks that the receiver should be ready to receive.
   */
  video_slots: number;
  /**
   * The receiver's own id.
   */
  you: ParticipantId;
}
/**
 * A session as people see it in lists.
 */
export interface SessionInfo {
  /**
   * Milliseconds since it was made, by the server's clock.
   */
  age_ms: number;
  /**
   * Name of the agent who made it.
   */
  agent_name: string;
  /**
   * Name of the company.
   */
  company_name: string;
  /**
   * When it was made, RFC 3339 in UTC.
   */
  created_at: string;
  /**
   * Which.
   */
  id: SessionId;
  /**
   * Where it stands.
   */
  phase: SessionPhase;
  /**
   * Who or why, as the agent wrote it.
   */
  title: string;
}
/**
 * A still picture taken from a surface, without drawings.
 */
export interface Snapshot {
  /**
   * Milliseconds since the session began.
   */
  at_ms: number;
  /**
   * Who took it.
   */
  by: ParticipantId;
  /**
   * Of which frame, when known.
   */
  frame_time?: number | null;
  /**
   * Which.
   */
  id: SnapshotId;
  /**
   * Path of the picture on this server; needs a participant's token.
   */
  path: string;
  /**
   * Of which surface.
   */
  surface: SurfaceId;
}
/**
 * A published surface as others see it.
 */
export interface Surface {
  /**
   * Parts of the picture that the owner's device hides before it is encoded,
   * [`crate::limits::HIDDEN_ALL`] when it hides everything.
   */
  hidden_parts?: number;
  /**
   * Which.
   */
  id: SurfaceId;
  /**
   * True when what it shows is kept with the session's record.
   */
  kept?: boolean;
  /**
   * What it shows.
   */
  kind: SurfaceKind;
  /**
   * Short number of the surface in this session, used in [`crate::realtime`] packets.
   */
  number: number;
  /**
   * Who publishes it.
   */
  owner: ParticipantId;
  /**
   * True while the owner holds the picture back (the curtain).
   */
  paused: boolean;
  /**
   * Who computes poses on this surface; none while nobody does.
   */
  tracker?: ParticipantId | null;
}
/**
 * The company's sessions, newest first, at most 200.
 */
export interface SessionList {
  /**
   * The sessions.
   */
  sessions: SessionInfo[];
}
/**
 * What is kept of a session.
 */
export interface SessionRecord {
  /**
   * The whole annotation log.
   */
  annotations: AnnotationEvent[];
  /**
   * The whole chat.
   */
  chat: ChatMessage[];
  /**
   * How long it lasted, in milliseconds; until now while it goes on.
   */
  duration_ms: number;
  /**
   * What was kept of cameras and screens; none when nothing was.
   */
  film?: FilmRecording | null;
  /**
   * What was kept of shared pages; none when nothing was.
   */
  pages?: PageRecording | null;
  /**
   * Everybody who was there, in order of joining.
   */
  participants: Participant[];
  /**
   * The session.
   */
  session: SessionInfo;
  /**
   * Pictures taken.
   */
  snapshots: Snapshot[];
}
/**
 * Signs in with a password.
 */
export interface SignInRequest {
  /**
   * Address of the account.
   */
  email: string;
  /**
   * Password.
   */
  password: string;
}
/**
 * A shared tab as others see it.
 */
export interface TabInfo {
  /**
   * True while its script is connected; false between two pages.
   */
  connected: boolean;
  /**
   * True while it is in front.
   */
  front: boolean;
  /**
   * Set while the customer is on a page that is not shared, as far as the tab could tell.
   */
  left?: LeftFor | null;
  /**
   * Which document it shows; see [`crate::PageNode::page`].
   */
  page: number;
  /**
   * True when what it shows is kept with the session's record.
   */
  recorded?: boolean;
  /**
   * Short number, from 1.
   */
  tab: number;
  /**
   * Title of the page.
   */
  title: string;
  /**
   * Address without query and fragment.
   */
  url: string;
}
