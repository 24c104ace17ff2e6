import { JoinApi, SessionClient, webSocketUrl } from '@sightline/protocol';
import { render } from 'preact';
import { App } from './app';
import { isLanguage, type Language, loadCatalogue, pickLanguage } from './i18n';
import { cameraIsAllowed } from './model/media';
import { forgetPlace, loadPlace, savePlace, tabStorage } from './model/saved';
import { Visit } from './model/visit';
import './style.css';

const storage = tabStorage();
const visit = new Visit({
  api: new JoinApi(),
  connect: (token) => {
    const client = new SessionClient({ url: webSocketUrl(location), token, media: 'manual' });
    addEventListener('online', () => client.retryNow());
    return client;
  },
  now: () => performance.now(),
  load: () => loadPlace(storage),
  save: (place) => savePlace(storage, place),
  forget: () => forgetPlace(storage),
  cameraIsAllowed,
  hideTicket: () => history.replaceState(null, '', location.pathname + location.search),
  leaveFor: (address) => location.replace(address),
});

const LANGUAGE_KEY = 'sightline.language';
const wanted = storage?.getItem(LANGUAGE_KEY) ?? '';
const language: Language = isLanguage(wanted) ? wanted : pickLanguage(navigator.languages);

const root = document.getElementById('app');
if (root === null) throw new Error('the page has no element with the id app');

loadCatalogue(language).then((catalogue) => {
  render(
    <App
      visit={visit}
      language={language}
      catalogue={catalogue}
      onLanguage={(next) => storage?.setItem(LANGUAGE_KEY, next)}
    />,
    root,
  );
  void visit.start(location.hash.slice(1));
});
// Another link pasted into the same tab changes only the part after `#`.
addEventListener('hashchange', () => {
  if (location.hash.length > 1) location.reload();
});
