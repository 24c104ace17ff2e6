// Where links and forms lead, and how a ticket is lent to them.

/** A link in the path of an event, through shadow roots. */
export function linkIn(event: Event): HTMLAnchorElement | null {
  const found = event
    .composedPath()
    .find((each) => each instanceof HTMLAnchorElement || each instanceof HTMLAreaElement);
  const link = found as HTMLAnchorElement | undefined;
  return link?.hasAttribute('href') === true ? link : null;
}

/** Where a form goes. Its fields may be called `action`, which hides the property of that name. */
export function destinationOf(form: HTMLFormElement, submitter: Element | null): URL | null {
  const given = submitter?.getAttribute('formaction') ?? form.getAttribute('action');
  // Without an action, or with an empty one, a form goes to its own page.
  return addressOf(given || document.URL.replace(/#.*/, ''));
}

/** How a form is sent: `get`, `post` or `dialog`. */
export function methodOf(form: HTMLFormElement, submitter: Element | null): string {
  const given = submitter?.getAttribute('formmethod') ?? form.getAttribute('method');
  return given?.toLowerCase() ?? 'get';
}

export function addressOf(href: string): URL | null {
  try {
    const url = new URL(href, document.baseURI);
    return /^https?:$/.test(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

/** True for another tab, false for this one, null for a frame of the page. */
export function isFresh(target: string): boolean | null {
  const name = (target || document.querySelector('base[target]')?.getAttribute('target')) ?? '';
  if (/^(|_self|_top|_parent)$/i.test(name)) return false;
  const named = [...document.querySelectorAll<HTMLIFrameElement>('iframe, frame')];
  return named.some((frame) => frame.name === name) ? null : true;
}

/** Sets an attribute for the time that the browser takes to look at it. */
export function lend(to: Element, name: string, value: string): void {
  const before = to.getAttribute(name);
  to.setAttribute(name, value);
  setTimeout(() => {
    if (to.getAttribute(name) !== value) return;
    if (before === null) to.removeAttribute(name);
    else to.setAttribute(name, before);
  });
}

/** Sends a form as its button would, to another address. The page has heard of it already. */
export function send(form: HTMLFormElement, submitter: HTMLElement | null, href: string): void {
  lend(form, 'action', href);
  for (const name of ['method', 'enctype', 'target']) {
    const given = submitter?.getAttribute(`form${name}`);
    if (given != null) lend(form, name, given);
  }
  const pressed = document.createElement('input');
  pressed.type = 'hidden';
  pressed.name = submitter?.getAttribute('name') ?? '';
  pressed.value = submitter?.getAttribute('value') ?? '';
  if (pressed.name !== '') form.append(pressed);
  // A field may be called `submit`.
  HTMLFormElement.prototype.submit.call(form);
  pressed.remove();
}
