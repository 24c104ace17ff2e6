// The questions that the panel asks the customer: the code, the consent, and control.

import type { ControlKind } from '@sightline/protocol';
import { button, el, type Panel, row } from './panel';
import type { Texts } from './texts';

const KINDS: readonly ControlKind[] = ['click', 'type', 'scroll', 'navigate'];

export function askCode(
  panel: Panel,
  texts: Texts,
  problem: string | null,
  code: string,
  go: (code: string) => void,
  show: () => void,
  cancel: () => void,
): void {
  panel.show((card) => {
    card.append(el('h2', '', texts.title));
    const label = el('label', '', texts.code) as HTMLLabelElement;
    const input = document.createElement('input');
    input.id = 'code';
    label.htmlFor = 'code';
    input.inputMode = 'numeric';
    input.autocomplete = 'off';
    input.maxLength = 12;
    input.value = code;
    const next = (): void => go(input.value);
    input.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'Enter') next();
    });
    card.append(label, input);
    if (problem !== null) {
      const bad = el('p', 'bad', problem);
      bad.setAttribute('role', 'alert');
      card.append(bad);
    }
    card.append(
      row(button(texts.next, next, true), button(texts.showCode, show), button(texts.no, cancel)),
    );
  });
}

/** The code that the customer reads to the agent. */
export function showCode(
  panel: Panel,
  texts: Texts,
  code: string,
  type: () => void,
  cancel: () => void,
): void {
  panel.show((card) => {
    card.append(el('h2', '', texts.readCode));
    const digits = el('p', 'digits', `${code.slice(0, 3)} ${code.slice(3)}`);
    // Read out digit by digit.
    digits.setAttribute('role', 'img');
    digits.setAttribute('aria-label', [...code].join(' '));
    card.append(digits, el('p', '', texts.readHelp));
    card.append(row(button(texts.typeCode, type), button(texts.no, cancel)));
  });
}

export function askConsent(
  panel: Panel,
  texts: Texts,
  agent: string,
  company: string,
  more: readonly string[],
  yes: () => void,
  no: () => void,
  chat?: () => void,
): void {
  panel.show((card) => {
    card.append(
      el('h2', '', texts.asks(agent, company)),
      ...[texts.will, texts.wont, ...more].map((text) => el('p', '', text)),
    );
    const only = chat === undefined ? [] : [button(texts.onlyChat, chat)];
    card.append(row(button(texts.allow, yes, true), ...only, button(texts.no, no)));
  });
}

/** An agent would like to see through the customer's phone. */
export function askPhone(
  panel: Panel,
  texts: Texts,
  agent: string,
  yes: () => void,
  no: () => void,
): void {
  panel.show((card) => {
    card.append(el('h2', '', texts.asksPhone(agent)), el('p', '', texts.phoneHelp));
    card.append(row(button(texts.showQr, yes, true), button(texts.no, no)));
  });
}

/** The code to scan with the phone; on a phone, the link itself. */
export function showPhone(
  panel: Panel,
  texts: Texts,
  { link, qr, qr_width }: { link: string; qr: string; qr_width: number },
  done: () => void,
): void {
  panel.show((card) => {
    card.append(el('h2', '', texts.scan), picture(qr, qr_width, texts.scan));
    card.append(el('p', '', texts.scanHelp));
    const buttons = [button(texts.close, done)];
    if (matchMedia('(pointer:coarse)').matches) {
      const open = el('a', 'main', texts.openHere) as HTMLAnchorElement;
      open.href = link;
      open.target = '_blank';
      open.rel = 'noopener';
      buttons.unshift(open);
    }
    card.append(row(...buttons));
  });
}

/** A QR code with the quiet zone of four modules that readers need. */
function picture(modules: string, width: number, label: string): SVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'qr');
  svg.setAttribute('viewBox', `-4 -4 ${width + 8} ${width + 8}`);
  svg.setAttribute('shape-rendering', 'crispEdges');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const path = document.createElementNS(space, 'path');
  const dark = [...modules].flatMap((module, i) =>
    module === '1' ? [`M${i % width} ${Math.floor(i / width)}h1v1h-1z`] : [],
  );
  path.setAttribute('d', dark.join(''));
  svg.append(path);
  return svg;
}

/** Each kind of control can be unticked. */
export function askControl(
  panel: Panel,
  texts: Texts,
  agent: string,
  asked: readonly ControlKind[],
  yes: (kinds: readonly ControlKind[]) => void,
  no: () => void,
): void {
  const wanted = KINDS.filter((kind) => asked.includes(kind));
  if (wanted.length === 0) return;
  const chosen = new Set(wanted);
  panel.show((card) => {
    const names = wanted.map((kind) => texts.kinds[kind]).join(', ');
    card.append(el('p', '', texts.control(agent, names)));
    for (const kind of wanted) {
      const label = el('label', 'choice');
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.className = 'kind';
      box.checked = true;
      box.addEventListener('change', (event) => {
        if (!event.isTrusted) return;
        if (box.checked) chosen.add(kind);
        else chosen.delete(kind);
      });
      label.append(box, texts.kinds[kind]);
      card.append(label);
    }
    card.append(
      row(
        button(texts.allowControl, () => yes([...chosen]), true),
        button(texts.refuse, no),
      ),
    );
  });
}
