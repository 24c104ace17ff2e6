import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Catalogue, type Language, loadCatalogue, textDirection, translator } from './i18n';
import type { Visit } from './model/visit';
import { AllowScreen } from './screens/allow';
import { ArriveScreen } from './screens/arrive';
import { CodeScreen } from './screens/code';
import { EndScreen } from './screens/end';
import { LiveScreen } from './screens/live';
import { ProblemScreen } from './screens/problem';
import { AnnouncerRegion, announcerFor } from './ui/announcer';
import { AnnounceContext, TranslateContext, useStore } from './ui/hooks';
import { Page } from './ui/page';

interface AppProps {
  readonly visit: Visit;
  readonly language: Language;
  readonly catalogue: Catalogue;
  readonly onLanguage: (language: Language) => void;
}

/** The whole page: one screen at a time, in one language. */
export function App(props: AppProps) {
  const { visit } = props;
  const [{ language, catalogue }, setTexts] = useState(props);
  const region = useRef<HTMLDivElement>(null);
  const announcer = useMemo(() => announcerFor(region), []);
  const text = useMemo(() => translator(catalogue, language), [catalogue, language]);
  useStore(visit);

  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = textDirection(language);
  }, [language]);

  const choose = async (next: Language) => {
    const nextCatalogue = await loadCatalogue(next);
    props.onLanguage(next);
    setTexts({ ...props, language: next, catalogue: nextCatalogue });
  };

  return (
    <TranslateContext.Provider value={text}>
      <AnnounceContext.Provider value={announcer}>
        <AnnouncerRegion region={region} />
        {visit.screen.name === 'live' ? (
          <LiveScreen visit={visit} />
        ) : (
          <Page language={language} onLanguage={choose} screen={visit.screen.name}>
            <CardScreen visit={visit} />
          </Page>
        )}
      </AnnounceContext.Provider>
    </TranslateContext.Provider>
  );
}

function CardScreen({ visit }: { visit: Visit }) {
  const { screen } = visit;
  switch (screen.name) {
    case 'code':
      return <CodeScreen screen={screen} onCode={(code) => void visit.enterCode(code)} />;
    case 'arrive':
      return (
        <ArriveScreen
          screen={screen}
          onAccept={(kind, stills) => void visit.accept(kind, stills)}
          onCode={() => visit.askForCode()}
        />
      );
    case 'allow':
      return (
        <AllowScreen
          screen={screen}
          agent={visit.preview?.agent_name ?? ''}
          onShare={(kind) => void visit.share(kind)}
          onLater={() => visit.showLive()}
        />
      );
    case 'end':
      return <EndScreen receipt={screen.receipt} />;
    case 'problem':
      return <ProblemScreen problem={screen.problem} onCode={() => visit.askForCode()} />;
    default:
      return <Loading />;
  }
}

/** The shape of the page to come, for the moment before it is known. */
function Loading() {
  return (
    <div class="skeleton" aria-busy="true">
      <span class="line wide" />
      <span class="line" />
      <span class="line" />
      <span class="block" />
    </div>
  );
}
