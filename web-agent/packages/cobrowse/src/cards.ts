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
    card.append(row(button(texts.next, next, true), button(texts.no, cancel)));
  });
}

export function askConsent(
  panel: Panel,
  texts: Texts,
  agent: string,
  company: string,
  yes: () => void,
  no: () => void,
): void {
  panel.show((card) => {
    card.append(
      el('h2', '', texts.asks(agent, company)),
      el('p', '', texts.will),
      el('p', '', texts.wont),
    );
    card.append(row(button(texts.allow, yes, true), button(texts.no, no)));
  });
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
      const label = el('label');
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
      button(texts.allowControl, () => yes([...chosen]), true),
      button(texts.refuse, no),
    );
  });
}
