import type { Role } from '@sightline/protocol';

/** What the session page offers to a role. The server decides; this only hides what it refuses. */
export interface Capabilities {
  readonly draw: boolean;
  /** Delete the drawings of others. */
  readonly removeAny: boolean;
  readonly askForSurface: boolean;
  readonly snapshot: boolean;
  readonly chat: boolean;
  readonly speak: boolean;
  readonly invite: boolean;
  readonly end: boolean;
}

const nothing: Capabilities = {
  draw: false,
  removeAny: false,
  askForSurface: false,
  snapshot: false,
  chat: false,
  speak: false,
  invite: false,
  end: false,
};

/** The offers to a role; a role of a newer protocol gets none. */
export function capabilitiesOf(role: Role): Capabilities {
  switch (role) {
    case 'agent':
      return {
        draw: true,
        removeAny: true,
        askForSurface: true,
        snapshot: true,
        chat: true,
        speak: true,
        invite: true,
        end: true,
      };
    case 'technician':
      return {
        ...nothing,
        draw: true,
        askForSurface: true,
        snapshot: true,
        chat: true,
        speak: true,
      };
    default:
      return nothing;
  }
}
