// What the customer reads. One catalogue a language; a missing language falls back to English.

const en = {
  title: 'Share this page',
  code: 'Code from your agent',
  next: 'Next',
  asks: (agent: string, company: string) =>
    `${agent} from ${company} wants to see this page with you.`,
  will: 'They see what you see here. What you type stays hidden, and so do the hatched places.',
  wont: 'They see no other tab, no other program, and cannot click anything unless you allow it.',
  allow: 'Share this page',
  no: 'Not now',
  live: (agent: string) => `${agent} sees this page`,
  paused: 'Paused. Nobody sees this page.',
  pause: 'Pause',
  resume: 'Go on',
  hide: 'Hide something',
  hideHelp: 'Click on what shall be hidden. Escape ends.',
  end: 'Stop sharing',
  control: (agent: string, kinds: string) => `${agent} asks to help: ${kinds}.`,
  allowControl: 'Allow',
  refuse: 'No',
  controlled: 'Your agent can act here. Press Escape or move the mouse to take it back.',
  takeBack: 'Take back',
  reconnecting: 'Reconnecting …',
  ended: 'Sharing has ended.',
  wrong: 'This code does not work. Ask for a new one.',
  wait: 'Too many tries. Wait a minute.',
  failed: 'This did not work. Try again.',
  kinds: {
    click: 'click',
    type: 'fill in fields',
    scroll: 'scroll',
    navigate: 'open pages of this site',
  },
};
export type Texts = typeof en;

const de: Texts = {
  title: 'Diese Seite zeigen',
  code: 'Code von Ihrem Berater',
  next: 'Weiter',
  asks: (agent, company) => `${agent} von ${company} möchte diese Seite mit Ihnen ansehen.`,
  will: 'Zu sehen ist, was Sie hier sehen. Ihre Eingaben und schraffierte Stellen bleiben verborgen.',
  wont: 'Kein anderer Tab, kein anderes Programm. Ohne Ihre Erlaubnis kann niemand klicken.',
  allow: 'Diese Seite zeigen',
  no: 'Jetzt nicht',
  live: (agent) => `${agent} sieht diese Seite`,
  paused: 'Pause. Niemand sieht diese Seite.',
  pause: 'Pause',
  resume: 'Weiter',
  hide: 'Etwas verbergen',
  hideHelp: 'Klicken Sie auf das, was verborgen werden soll. Escape beendet.',
  end: 'Nicht mehr zeigen',
  control: (agent, kinds) => `${agent} möchte helfen: ${kinds}.`,
  allowControl: 'Erlauben',
  refuse: 'Nein',
  controlled: 'Ihr Berater darf hier handeln. Escape oder eine Mausbewegung beendet das.',
  takeBack: 'Beenden',
  reconnecting: 'Verbindung wird hergestellt …',
  ended: 'Die Seite wird nicht mehr gezeigt.',
  wrong: 'Dieser Code gilt nicht. Bitten Sie um einen neuen.',
  wait: 'Zu viele Versuche. Warten Sie eine Minute.',
  failed: 'Das hat nicht geklappt. Versuchen Sie es noch einmal.',
  kinds: {
    click: 'klicken',
    type: 'Felder ausfüllen',
    scroll: 'scrollen',
    navigate: 'Seiten öffnen',
  },
};

export function textsFor(languages: readonly string[]): Texts {
  return languages[0]?.toLowerCase().startsWith('de') ? de : en;
}
