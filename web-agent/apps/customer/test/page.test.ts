import type { DrawnAnnotation } from '@sightline/board';
import { describe, expect, it } from 'vitest';
import {
  isLanguage,
  LANGUAGES,
  type Language,
  loadCatalogue,
  pickLanguage,
  textDirection,
  translator,
} from '../src/i18n';
import { en } from '../src/i18n/en';
import { spoken } from '../src/live/controls';
import { guidanceOf } from '../src/live/guidance';
import { seenOf } from '../src/live/seen';
import { fitFor } from '../src/live/use-fit';
import { browserOf } from '../src/model/browser';
import { mediaProblem } from '../src/model/media';
import { loadPlace } from '../src/model/saved';
import { duration } from '../src/screens/end';

const languages = Object.keys(LANGUAGES).filter(isLanguage);
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

describe('languages', () => {
  it.each(languages)('%s fills the same places as English', async (language) => {
    const catalogue = await loadCatalogue(language);
    for (const [key, text] of Object.entries(catalogue)) {
      expect(text.trim(), key).not.toBe('');
      const known = placeholders(en[key as keyof typeof en]);
      expect(known, `${key} in ${language}`).toEqual(
        expect.arrayContaining([...new Set(placeholders(text))]),
      );
    }
  });

  it('are picked by what the browser wants', () => {
    expect(pickLanguage(['pt-BR', 'de-AT', 'en'])).toBe('de');
    expect(pickLanguage(['xx'])).toBe('en');
    expect(textDirection('ar' satisfies Language)).toBe('rtl');
  });

  it('count days as each of them does', async () => {
    const told = async (language: Language, days: number) =>
      translator(await loadCatalogue(language), language)('arrive_will_film', { days });
    expect(await told('en', 1)).toContain('kept for 1 day and');
    expect(await told('en', 30)).toContain('kept for 30 days and');
    expect(await told('de', 30)).toContain('30 Tage');
    expect(await told('ja', 30)).toContain('30 日');
    expect(await told('ar', 2)).toContain('يومان');
  });

  it('keep a Latin name apart in a sentence that runs from right to left', async () => {
    const text = translator(await loadCatalogue('ar'), 'ar');
    expect(text('joined', { name: 'Ana K.' })).toContain('\u2068Ana K.\u2069');
    const plain = translator(await loadCatalogue('de'), 'de');
    expect(plain('joined', { name: 'Ana K.' })).toBe('Ana K. ist da');
  });
});

describe('the badge', () => {
  const at = (
    connection: 'live' | 'reconnecting',
    media: 'connected' | 'connecting',
    kind: 'camera' | null = 'camera',
    paused = false,
  ) => seenOf({ connection, media }, { kind, paused });

  it('says live only while the picture arrives', () => {
    expect(at('live', 'connected')).toBe('live');
    expect(at('live', 'connecting')).toBe('coming');
    expect(at('reconnecting', 'connecting')).toBe('lost');
    expect(at('reconnecting', 'connected')).toBe('lost');
  });

  it('says paused and off whatever the connection does', () => {
    expect(at('reconnecting', 'connecting', 'camera', true)).toBe('paused');
    expect(at('live', 'connected', null)).toBe('off');
  });
});

describe('guidance', () => {
  const drawn = (change: Partial<DrawnAnnotation>): DrawnAnnotation => ({
    id: 'ann_aaaaaaaaaa',
    anchor: 1,
    status: 'tracking',
    reason: 'attached',
    drawn: true,
    screen: [10, 10],
    frame: [0.5, 0.5],
    frameTime: 1,
    poseFrameTime: 1,
    ...change,
  });
  const inside = () => null;

  it('is silent while all is well', () => {
    expect(guidanceOf([drawn({})], inside)).toBeNull();
    expect(guidanceOf([], inside)).toBeNull();
  });

  it('tells where to turn, for the newest drawing', () => {
    const list = [drawn({ status: 'lost' }), drawn({ screen: [999, 0] })];
    expect(guidanceOf(list, (one) => (one.screen?.[0] === 999 ? 'right' : null))).toBe('right');
  });

  it('asks to hold still only when that can help', () => {
    expect(guidanceOf([drawn({ status: 'lost', reason: 'blur' })], inside)).toBe('hold_still');
    for (const reason of ['too_few_texture', 'no_tracker', 'frame_expired'] as const) {
      expect(guidanceOf([drawn({ status: 'lost', reason })], inside)).toBeNull();
    }
  });
});

it('a view is filled unless too much would be cut off', () => {
  const phone = { width: 360, height: 740 };
  expect(fitFor(phone, { width: 720, height: 1280 })).toBe('cover');
  expect(fitFor(phone, { width: 1280, height: 720 })).toBe('contain');
  expect(fitFor({ width: 1280, height: 800 }, { width: 1280, height: 720 })).toBe('cover');
});

it('browsers are told apart by where they keep permissions', () => {
  const chrome =
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36';
  const safari = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile/15E148 Safari/604.1';
  expect(browserOf(chrome)).toBe('chrome');
  expect(browserOf(safari)).toBe('safari');
  expect(browserOf(safari.replace('Version/18.0', 'CriOS/140.0'))).toBe('other');
  expect(browserOf('Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/140.0')).toBe('firefox');
});

it('failures of the camera are told apart', () => {
  const failure = (name: string) => Object.assign(new Error(name), { name });
  expect(mediaProblem(failure('NotAllowedError'), 'device')).toBe('denied');
  expect(mediaProblem(failure('NotAllowedError'), 'screen')).toBe('cancelled');
  expect(mediaProblem(failure('NotFoundError'), 'device')).toBe('missing');
  expect(mediaProblem(failure('NotReadableError'), 'device')).toBe('busy');
  expect(mediaProblem('no error at all', 'device')).toBe('failed');
});

it('durations read like a clock', () => {
  expect(duration(0)).toBe('0:00');
  expect(duration(65_400)).toBe('1:05');
  expect(duration(3_725_000)).toBe('1:02:05');
});

it('a broken saved place is none', () => {
  const storage = (text: string | null) => ({ getItem: () => text }) as unknown as Storage;
  expect(loadPlace(storage(null))).toBeNull();
  expect(loadPlace(storage('{'))).toBeNull();
  expect(loadPlace(storage('{"ticket":"t"}'))).toBeNull();
  expect(loadPlace(null)).toBeNull();
});

it('what a control is called holds the word that is seen on it', () => {
  expect(spoken('Chat', 'Open the chat')).toBe('Open the chat');
  expect(spoken('Sound', 'Turn the microphone on')).toBe('Sound: Turn the microphone on');
});
