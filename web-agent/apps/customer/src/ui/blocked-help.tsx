import type { RefObject } from 'preact';
import type { TextKey } from '../i18n';
import { type Browser, browserOf } from '../model/browser';
import { useText } from './hooks';
import { CameraIcon } from './icons';

interface BlockedHelpProps {
  readonly buttonRef: RefObject<HTMLButtonElement | null>;
  readonly onRetry: () => void;
  readonly onLater: () => void;
}

const STEPS = {
  chrome: ['denied_chrome_1', 'denied_chrome_2'],
  safari: ['denied_safari_1', 'denied_safari_2'],
  firefox: ['denied_firefox_1', 'denied_firefox_2'],
  other: ['denied_other_1', 'denied_other_2'],
} as const satisfies Record<Browser, readonly [TextKey, TextKey]>;

/** Where the person can allow the camera again in this browser. */
export function BlockedHelp({ buttonRef, onRetry, onLater }: BlockedHelpProps) {
  const text = useText();
  const browser = browserOf(navigator.userAgent);
  const [first, second] = STEPS[browser];
  return (
    <>
      <AddressBar
        browser={browser}
        label={text(browser === 'other' ? 'denied_picture_right' : 'denied_picture')}
      />
      <h1>{text('denied_title')}</h1>
      <ol class="steps">
        <li>{text(first)}</li>
        <li>{text(second)}</li>
        <li>{text('denied_3')}</li>
      </ol>
      <div class="actions">
        <button ref={buttonRef} type="button" class="primary" onClick={onRetry}>
          {text('denied_try')}
        </button>
        <button type="button" class="link" onClick={onLater}>
          {text('chat_open')}
        </button>
      </div>
    </>
  );
}

/** The address bar of the browser with the icon to tap; left to right as in the browser itself. */
function AddressBar({ browser, label }: { browser: Browser; label: string }) {
  return (
    <div class="address-bar" role="img" aria-label={label} dir="ltr">
      <span class="address-icon">
        {browser === 'safari' ? (
          <b>AA</b>
        ) : browser === 'firefox' ? (
          <CameraIcon />
        ) : (
          <svg viewBox="0 0 24 24" class="icon" aria-hidden="true">
            <path
              d="M4 8h8m4 0h4M4 16h2m4 0h10"
              fill="none"
              stroke="currentColor"
              stroke-width="2"
              stroke-linecap="round"
            />
            <circle cx="14" cy="8" r="2.5" fill="none" stroke="currentColor" stroke-width="2" />
            <circle cx="8" cy="16" r="2.5" fill="none" stroke="currentColor" stroke-width="2" />
          </svg>
        )}
      </span>
      <span class="address-text">{location.host}</span>
    </div>
  );
}
