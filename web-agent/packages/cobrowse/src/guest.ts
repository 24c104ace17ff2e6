// This page in a frame of another origin: it shows itself to the page around it, through its own gate
// and by the company's rules, when its owner has named that origin in `data-frames`.

import type { AssetPort } from './assets';
import type { FromGuest, ToGuest } from './guests';
import { Recorder } from './recorder';
import { watchRoots } from './roots';
import { type ReadyRules, readyRules } from './rules';

export function showToParent(port: MessagePort): void {
  const asked: ((hashes: readonly string[]) => void)[] = [];
  const say = (message: FromGuest): void => port.postMessage(message);
  const assets: AssetPort = {
    missing: (hashes) =>
      new Promise((resolve) => {
        asked.push(resolve);
        say({ type: 'have', hashes });
      }),
    upload: (hash, content) => say({ type: 'upload', hash, content }),
  };
  const closedRoots = new WeakMap<Element, ShadowRoot>();
  let ready: ReadyRules | null = null;
  let recorder: Recorder | null = null;
  watchRoots(null, closedRoots, (host) => recorder?.rootAdded(host));
  port.onmessage = ({ data }) => {
    const message = data as ToGuest;
    if (message.type === 'missing') asked.shift()?.(message.hashes);
    else if (message.type === 'pause') recorder?.pause();
    else if (message.type === 'stop') recorder?.stop();
    else if (ready !== null && recorder !== null) {
      Object.assign(ready, readyRules(message.rules, location.href, document));
      recorder.resume();
    } else {
      ready = readyRules(message.rules, location.href, document);
      recorder = new Recorder({
        rules: ready,
        port: assets,
        send: ({ snapshot, json }) => say({ type: 'event', snapshot, json }),
        isOurs: () => false,
        closedRoots,
      });
      void recorder.start();
    }
  };
}
