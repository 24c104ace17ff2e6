import { binary } from './paths';
import { type Line, Program } from './process';

export interface DeviceOptions {
  /** Clip to play as the camera. */
  readonly camera: string;
  /** Link or code. */
  readonly invite: string;
  /** Where the view with drawings is written. */
  readonly recordView?: string;
  readonly options?: readonly string[];
  /** X11 display whose screen is the camera `screen`. */
  readonly display?: string;
}

/** `sightline-device`: a phone on Linux. */
export class Device {
  private constructor(private readonly program: Program) {}

  static start(log: string, given: DeviceOptions): Device {
    const options = [
      '--camera',
      given.camera,
      '--invite',
      given.invite,
      '--consent',
      'yes',
      '--insecure',
    ];
    if (given.recordView !== undefined) options.push('--record-view', given.recordView);
    options.push(...(given.options ?? []));
    const environment = given.display === undefined ? {} : { DISPLAY: given.display };
    const path = binary('sightline-device');
    return new Device(new Program('sightline-device', path, options, log, environment));
  }

  get lines(): readonly Line[] {
    return this.program.lines;
  }

  event(event: string, timeoutMs?: number, from?: number): Promise<Line> {
    return this.program.event(event, timeoutMs, from);
  }

  /** The first new drawing that the device reports from line number `from` on. */
  added(from: number): Promise<Line> {
    const isNew = (line: Line) => line.event === 'annotation' && line['change'] === 'added';
    return this.program.line(isNew, 'a new drawing', undefined, from);
  }

  stop(): Promise<number | null> {
    return this.program.stop();
  }
}
