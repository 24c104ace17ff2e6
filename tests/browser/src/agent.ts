import { expect, type Locator, type Page } from '@playwright/test';
import type { Where } from './clip';
import { seen, startProbe } from './probe';
import type { Server } from './server';

/** Colour of the first agent of a session: `AUTHOR_COLORS[0]` of `packages/board`. */
export const AGENT_COLOR = '#0072b2';

/** Frames between the aim and the press. */
export const AIM_FRAMES = 15;
/** How far the point may be from where it is drawn on, in shares of the picture. */
const AIM_ERROR = 0.006;
/** How often the hand may miss; on a busy machine it often does. */
const AIMS = 40;

/** Frames that are looked through for a calm one. */
const CALM_WITHIN = 140;
/** Frames by which a hand may be late. */
const LATE_FRAMES = 12;

/** The frame, of those that come soon, after which the point moves least. */
function calmest(truth: Where, point: number, now: number): number {
  const unrest = (frame: number): number => {
    const [x, y] = truth.point(frame % truth.frames, point);
    const later = Array.from({ length: LATE_FRAMES }, (_, n) =>
      truth.point((frame + n + 1) % truth.frames, point),
    );
    return Math.max(...later.map(([a, b]) => Math.hypot(a - x, b - y)));
  };
  const soon = Array.from({ length: CALM_WITHIN }, (_, n) => now + AIM_FRAMES + n);
  return soon.reduce((best, frame) => (unrest(frame) < unrest(best) ? frame : best)) % truth.frames;
}

declare global {
  interface Window {
    /** The frame that was on the screen when the button went down. */
    pressedOn: number | null;
  }
}

export type Tool = 'arrow' | 'circle' | 'freehand' | 'highlight' | 'text' | 'pointer';

/** A person at the dashboard: the agent, another agent or a technician. */
export class Agent {
  readonly stage: Locator;
  /** Frames that the hand starts early, because it is late by as much. */
  private lead = 0;

  constructor(readonly page: Page) {
    this.stage = page.getByTestId('stage');
  }

  /** Opens the address that the server printed. */
  static async signIn(page: Page, server: Server): Promise<Agent> {
    await page.goto(server.signIn);
    await expect(page.getByTestId('new-session')).toBeVisible();
    return new Agent(page);
  }

  /** Signs a colleague in, who has an account of an own. */
  static async colleague(page: Page, server: Server): Promise<Agent> {
    const { email, password } = server.addColleague();
    await page.goto(`${server.origin}/#/sign-in`);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByTestId('new-session')).toBeVisible();
    return new Agent(page);
  }

  /** Opens a running session from the list. */
  async openSession(session: string): Promise<void> {
    await this.page.locator(`a[href="#/session/${session}"]`).click();
    await this.live();
  }

  /** Starts a session and gives its id. */
  async startSession(title: string): Promise<string> {
    await this.page.getByTestId('new-session-title').fill(title);
    await this.page.getByTestId('new-session').click();
    await expect(this.stage).toBeVisible();
    return new URL(this.page.url()).hash.split('/').at(-1) ?? '';
  }

  /** The customer's invitation that stands on the empty stage. */
  async customerInvite(): Promise<{ link: string; code: string }> {
    const card = this.page.getByTestId('invite').first();
    const link = await card.getAttribute('data-link');
    const code = await card.getByTestId('invite-code').getAttribute('data-code');
    if (link === null || code === null) throw new Error('the invitation has no link or code');
    return { link, code };
  }

  /** Waits for the live picture. */
  async live(timeoutMs = 60_000): Promise<void> {
    await expect(this.stage).toHaveAttribute('data-view', 'live', {
      timeout: timeoutMs,
    });
    await this.page.waitForFunction(
      () =>
        (document.querySelector<HTMLVideoElement>('[data-testid=surface-video]')?.videoWidth ?? 0) >
        0,
      undefined,
      { timeout: timeoutMs },
    );
  }

  /** Begins to record what is on the stage; looks for drawings of this colour. */
  async watch(color = AGENT_COLOR): Promise<void> {
    await startProbe(this.page, {
      color,
      video: '[data-testid=surface-video]',
      canvas: '[data-testid=surface-canvas]',
    });
    await seen(this.page, { numbers: [0, 1 << 24] });
  }

  /** The same for a picture without a barcode. */
  async watchWithoutNumbers(): Promise<void> {
    await startProbe(this.page, { video: '[data-testid=surface-video]' });
    await seen(this.page, {});
  }

  async choose(tool: Tool): Promise<void> {
    const button = this.page.getByTestId(`tool-${tool}`);
    await button.click();
    await expect(button).toHaveAttribute('aria-pressed', 'true');
  }

  /** Where a point of the picture (shares) is on the screen. */
  async screen(point: readonly [number, number]): Promise<[number, number]> {
    return await this.page.evaluate((at) => window.probe.screen(at), point);
  }

  /** Drags from one point of the picture to another, in shares. */
  async drag(from: readonly [number, number], to: readonly [number, number]): Promise<void> {
    const [start, end] = [await this.screen(from), await this.screen(to)];
    await this.page.mouse.move(...start);
    await this.page.mouse.down();
    await this.page.mouse.move(...end, { steps: 4 });
    await this.page.mouse.up();
  }

  /**
   * Draws a circle around a point of the filmed thing while it moves: the mouse waits where the
   * point will be in a moment, and the button goes down when that frame is on the screen. Like a
   * person's, the hand of a busy machine is late: what it began beside the point is dropped, and
   * the next time the hand starts earlier by as much, and when the point hardly moves.
   *
   * @param on number of the frame to draw on; any soon one without it
   */
  async circle(truth: Where, point: number, radius = 0.06, on?: number): Promise<void> {
    const { mouse } = this.page;
    for (let tries = 0; tries < AIMS; tries += 1) {
      await this.choose('circle');
      const now = await this.numberNow(on === undefined ? undefined : on - AIM_FRAMES);
      const soon = tries === 0 ? (now + AIM_FRAMES) % truth.frames : calmest(truth, point, now);
      const frame = on ?? soon;
      const [x, y] = truth.point(frame, point);
      await mouse.move(...(await this.screen([x, y])));
      const edge = await this.screen([x + radius, y]);
      const pressed = await this.pressOn((frame - this.lead + truth.frames) % truth.frames, truth);
      const [seenX, seenY] = truth.point(pressed, point);
      if (Math.hypot(seenX - x, seenY - y) > AIM_ERROR) {
        await this.page.keyboard.press('Escape');
        await mouse.up();
        const late = (pressed - frame + this.lead + truth.frames) % truth.frames;
        this.lead = Math.min(late, AIM_FRAMES - 1);
        continue;
      }
      await mouse.move(...edge, { steps: 3 });
      await mouse.up();
      return;
    }
    throw new Error('the machine is too busy to press a button on the frame that is aimed at');
  }

  /** The number of the frame on the screen, once it is about the wanted one. */
  private async numberNow(wanted?: number): Promise<number> {
    const numbers = wanted === undefined ? {} : { numbers: [wanted - 3, wanted + 1] as const };
    const sight = await seen(this.page, { number: true, ...numbers, afterMs: Date.now() });
    return sight.number ?? 0;
  }

  /** Presses the button when a frame, or one soon after it, is on the screen; gives the frame. */
  private async pressOn(frame: number, truth: Where): Promise<number> {
    await this.page.evaluate(
      ([first, count]) =>
        new Promise<void>((resolve) => {
          window.probe.onSight = ({ number }) => {
            if (number === null || (number - first + count) % count > count / 2) return;
            window.probe.onSight = null;
            const press = () => {
              const sight = window.probe.sights.findLast((each) => each.number !== null);
              window.pressedOn = sight?.number ?? null;
            };
            addEventListener('pointerdown', press, { capture: true, once: true });
            resolve();
          };
        }),
      [frame, truth.frames] as const,
    );
    await this.page.mouse.down();
    const pressed = await this.page.evaluate(() => window.pressedOn);
    if (pressed === null) throw new Error('no frame number can be read on the stage');
    return pressed;
  }

  /** The rows of the list of drawings. */
  async marks(): Promise<Locator> {
    await this.page.getByTestId('panel-marks').click();
    return this.page.getByTestId('mark-row');
  }
}
