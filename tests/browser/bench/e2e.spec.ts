import { quantile } from '../src/measure';
import { startProbe } from '../src/probe';
import { expect, test } from '../src/test';
import { connectDirectly, disconnect, openPlainPages } from './direct';
import { latencies, pictures } from './latency';

const REPEATS = 3;
const PICTURES = 240;
const SKIP = 60;

test('direct', async ({ person }) => {
  const [from, to] = [await person(), await person()];
  await from.addInitScript(() => window.sightlineProbe.fakeCamera());
  await openPlainPages(from, to);
  for (let i = 0; i < REPEATS; i++) {
    await connectDirectly(from, to);
    await startProbe(to);
    await pictures(to, PICTURES);
    const all = await latencies(to, SKIP);
    console.log(all.length, quantile(all, 0.5), quantile(all, 0.95));
    expect(all.length).toBeGreaterThan(100);
    await disconnect(from, to);
  }
});
