/** Why no picture or sound could be had from this device. */
export type MediaProblem =
  /** The person or the browser said no. */
  | 'denied'
  /** The choice of a screen was closed. */
  | 'cancelled'
  | 'missing'
  /** Something else uses it. */
  | 'busy'
  /** Browsers give no camera to pages without encryption. */
  | 'insecure'
  | 'failed';

/** A capture that did not start. */
export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly problem: MediaProblem;

  constructor(problem: MediaProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** Which way a phone's camera looks: at the thing, or at the person. */
export type Facing = 'environment' | 'user';

/** What kind of failure an exception of the capture functions means. */
export function mediaProblem(error: unknown, kind: 'device' | 'screen'): MediaProblem {
  const name = error instanceof Error ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return kind === 'screen' ? 'cancelled' : 'denied';
    case 'AbortError':
      return kind === 'screen' ? 'cancelled' : 'failed';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
      return 'busy';
    default:
      return 'failed';
  }
}

async function first(
  open: (devices: MediaDevices) => Promise<MediaStream>,
  kind: 'device' | 'screen',
): Promise<MediaStreamTrack> {
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (devices === undefined) throw new MediaError('insecure');
  try {
    const track = (await open(devices)).getTracks()[0];
    if (track === undefined) throw new MediaError('missing');
    return track;
  } catch (error) {
    throw error instanceof MediaError ? error : new MediaError(mediaProblem(error, kind));
  }
}

/** @throws {MediaError} */
export function openCamera(facing: Facing): Promise<MediaStreamTrack> {
  const video = {
    facingMode: { ideal: facing },
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30, max: 30 },
  };
  return first(async (devices) => devices.getUserMedia({ video, audio: false }), 'device');
}

/** @throws {MediaError} */
export async function openScreen(): Promise<MediaStreamTrack> {
  const video = { frameRate: { ideal: 15, max: 30 } };
  const track = await first(
    (devices) => devices.getDisplayMedia({ video, audio: false }),
    'screen',
  );
  // Text has to stay readable when the network is slow; the frame rate goes first.
  track.contentHint = 'detail';
  return track;
}

/** @throws {MediaError} */
export function openMicrophone(): Promise<MediaStreamTrack> {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  return first((devices) => devices.getUserMedia({ audio, video: false }), 'device');
}

export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === 'function';
}

/** True when the browser will not ask again. */
export async function cameraIsAllowed(): Promise<boolean> {
  try {
    const answer = await navigator.permissions.query({ name: 'camera' as PermissionName });
    return answer.state === 'granted';
  } catch {
    // Some browsers do not know this permission; then they ask.
    return false;
  }
}

/** True when there is another camera to switch to. */
export async function hasSeveralCameras(): Promise<boolean> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter((device) => device.kind === 'videoinput').length > 1;
}

interface TorchCapabilities extends MediaTrackCapabilities {
  readonly torch?: boolean;
}

export function hasTorch(track: MediaStreamTrack): boolean {
  const capabilities: TorchCapabilities | undefined = track.getCapabilities?.();
  return capabilities?.torch === true;
}

/** False when the device did not do it. */
export async function setTorch(track: MediaStreamTrack, on: boolean): Promise<boolean> {
  try {
    await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
    return true;
  } catch {
    return false;
  }
}
