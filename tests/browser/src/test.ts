import { type BrowserContext, test as base, chromium, type Page } from '@playwright/test';
import { Device, type DeviceOptions } from './device';
import { CHROMIUM } from './paths';
import { probeScript } from './probe';
import { Server, type ServerOptions } from './server';

export { expect } from '@playwright/test';

/** A browser of one person. */
export interface PersonOptions {
  /** Clip to show as the camera (.y4m). */
  readonly camera?: string;
  readonly flags?: readonly string[];
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly mobile?: boolean;
  readonly colorScheme?: 'light' | 'dark';
  /** X11 display to open windows on; without one there are no windows. */
  readonly display?: string;
  /** Title of the tab that this person chooses when asked for a screen; it is really captured. */
  readonly sharesTab?: string;
}

interface Fixtures {
  /** A file in the test's own folder. */
  file: (name: string) => string;
  startServer: (options?: ServerOptions) => Promise<Server>;
  startDevice: (options: DeviceOptions) => Device;
  /** Opens a browser of its own, so that each person has an own camera and own cookies. */
  person: (options?: PersonOptions) => Promise<Page>;
}

const FLAGS = [
  '--no-sandbox',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

/** A camera and a screen that are not there, allowed without a question. */
const FAKE_CAPTURE = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];

export async function openBrowser(options: PersonOptions = {}): Promise<BrowserContext> {
  const camera =
    options.camera === undefined ? [] : [`--use-file-for-fake-video-capture=${options.camera}`];
  const capture =
    options.sharesTab === undefined
      ? FAKE_CAPTURE
      : [`--auto-select-tab-capture-source-by-title=${options.sharesTab}`];
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    timeout: 90_000,
    headless: options.display === undefined,
    env: { ...process.env, ...(options.display === undefined ? {} : { DISPLAY: options.display }) },
    args: [...FLAGS, ...capture, ...camera, ...(options.flags ?? [])],
  });
  const context = await browser.newContext({
    viewport: { ...(options.viewport ?? { width: 1280, height: 800 }) },
    ...(options.mobile === true ? { isMobile: true, hasTouch: true } : {}),
    ...(options.colorScheme === undefined ? {} : { colorScheme: options.colorScheme }),
    permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'],
    ignoreHTTPSErrors: true,
  });
  await context.addInitScript({ content: probeScript() });
  return context;
}

/** The test runner's `test` with servers, devices and people that end with the test. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads the pattern.
  file: async ({}, use, info) => {
    await use((name) => info.outputPath(name));
  },
  startServer: async ({ file }, use) => {
    const servers: Server[] = [];
    await use(async (options) => {
      const number = servers.length === 0 ? '' : `-${servers.length + 1}`;
      const server = await Server.start((name) => file(`${name}${number}.log`), options);
      servers.push(server);
      return server;
    });
    for (const server of servers) await server.stop();
  },
  startDevice: async ({ file }, use) => {
    const devices: Device[] = [];
    await use((options) => {
      const device = Device.start(file(`device-${devices.length + 1}.log`), options);
      devices.push(device);
      return device;
    });
    for (const device of devices) await device.stop();
  },
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads the pattern.
  person: async ({}, use, info) => {
    const contexts: BrowserContext[] = [];
    await use(async (options) => {
      const context = await openBrowser(options);
      contexts.push(context);
      return await context.newPage();
    });
    for (const [number, context] of contexts.entries()) {
      if (info.status !== info.expectedStatus) {
        const page = context.pages()[0];
        await page
          ?.screenshot({ path: info.outputPath(`person-${number + 1}.png`) })
          .catch(() => undefined);
      }
      await context.browser()?.close();
    }
  },
});
