/** Browsers that differ in where a permission is changed. */
export type Browser = 'chrome' | 'safari' | 'firefox' | 'other';

/** Which of them this is. On iPhones every browser has Safari's engine, but its own address bar. */
export function browserOf(userAgent: string): Browser {
  if (/Firefox\//.test(userAgent)) return 'firefox';
  if (/CriOS|FxiOS|EdgiOS|SamsungBrowser|OPR\/|OPT\//.test(userAgent)) return 'other';
  if (/Chrome\/|Chromium\//.test(userAgent)) return 'chrome';
  if (/Safari\//.test(userAgent)) return 'safari';
  return 'other';
}
