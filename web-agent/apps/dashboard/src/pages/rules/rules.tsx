import type { PageView } from '@sightline/cobrowse/replay';
import type { CobrowseSettings, PageRule, PageRules, PickedElement } from '@sightline/protocol';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { api, errorText, keys, queryClient } from '../../api/api';
import { Page } from '../../app/page';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { CopyButton } from '../../ui/copy-button';
import { Message } from '../../ui/message';
import { Choices } from './choices';
import { Keep } from './keep';
import { sameRule, showsMore } from './model';
import { Preview, type PreviewPlace, PreviewStart } from './preview';
import { RuleList } from './rule-list';
import { Sites } from './sites';
import './rules.css';

/** What agents never see of the company's pages: edited by pointing at it. */
export function RulesPage() {
  const texts = useText();
  const settings = useQuery({
    queryKey: keys.settings,
    queryFn: () => api.cobrowseSettings(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (settings.isPending) return <Page busy />;
  if (settings.isError) {
    return (
      <Page>
        <Message kind="bad">
          <p>{errorText(texts, settings.error)}</p>
          <Button look="outline" onClick={() => settings.refetch()}>
            {texts.app.tryAgain}
          </Button>
        </Message>
      </Page>
    );
  }
  return (
    <Page wide>
      <Editor saved={settings.data} />
    </Page>
  );
}

function Editor({ saved }: { saved: CobrowseSettings }) {
  const texts = useText();
  const [rules, setRules] = useState<PageRules>(saved.rules);
  const [place, setPlace] = useState<PreviewPlace | null>(null);
  const [picked, setPicked] = useState<PickedElement | null>(null);
  // What was hidden once stays hidden on a page that is open: nothing may slip out by a change.
  const [later, setLater] = useState(false);
  const save = useMutation({
    mutationFn: (changed: PageRules) => api.saveCobrowseRules(changed),
    onSuccess: (settings) => {
      setLater(showsMore(saved.rules.rules, settings.rules.rules));
      queryClient.setQueryData(keys.settings, settings);
      setPicked(null);
    },
  });
  const change = (changed: Partial<PageRules>): void => {
    save.reset();
    setRules({ ...rules, ...changed });
  };
  const add = (rule: PageRule): void => {
    setPicked(null);
    if (!rules.rules.some((known) => sameRule(known, rule)))
      change({ rules: [...rules.rules, rule] });
  };
  const hits = useHits(place?.view ?? null, rules.rules);
  const dirty = JSON.stringify(rules) !== JSON.stringify(saved.rules);
  return (
    <div className="rules" data-testid="rules">
      <div className="rules-side">
        <h1>{texts.rules.title}</h1>
        <p className="soft">{texts.rules.intro}</p>
        {picked !== null && place !== null && (
          <Choices
            picked={picked}
            address={place.view.state.tabs[0]?.url ?? ''}
            mode={rules.mode}
            onChoose={add}
            onCancel={() => setPicked(null)}
          />
        )}
        <Mode rules={rules} onChange={change} />
        <RuleList
          rules={rules.rules}
          saved={saved.rules.rules}
          hits={hits}
          onRemove={(rule) => change({ rules: rules.rules.filter((one) => one !== rule) })}
        />
        <Sites rules={rules} onChange={change} />
        <Keep of="page" rules={rules} onChange={change} />
        <Keep of="film" rules={rules} onChange={change} />
        <details className="rules-script">
          <summary>{texts.rules.script}</summary>
          <code>{saved.script}</code>
          <CopyButton look="outline" text={saved.script} label={texts.rules.copyScript} />
        </details>
        <div className="rules-save">
          <Button
            look="primary"
            size="large"
            disabled={!dirty || save.isPending}
            onClick={() => save.mutate(rules)}
            data-testid="rules-save"
          >
            {texts.rules.save}
          </Button>
          <span role="status" className="soft" data-testid="rules-state">
            {dirty
              ? texts.rules.unsaved
              : save.isSuccess
                ? later
                  ? texts.rules.savedLater
                  : texts.rules.saved
                : ''}
          </span>
        </div>
        {save.isError && <Message kind="bad">{errorText(texts, save.error)}</Message>}
      </div>
      {place === null ? (
        <PreviewStart onReady={setPlace} />
      ) : (
        <Preview place={place} onPicked={setPicked} />
      )}
    </div>
  );
}

interface PartProps {
  readonly rules: PageRules;
  readonly onChange: (changed: Partial<PageRules>) => void;
}

/** How much is hidden when no rule speaks. */
function Mode({ rules, onChange }: PartProps) {
  const texts = useText();
  return (
    <fieldset className="rules-part">
      <legend>{texts.rules.mode}</legend>
      {(['marked_and_inputs', 'everything_but_marked'] as const).map((mode) => (
        <label key={mode} className="rules-option">
          <input
            type="radio"
            name="mode"
            checked={rules.mode === mode}
            onChange={() => onChange({ mode })}
          />
          {texts.rules.modes[mode]}
        </label>
      ))}
    </fieldset>
  );
}

/** What each rule finds on the page that is looked at; null while nobody looks at one. */
function useHits(view: PageView | null, rules: readonly PageRule[]): readonly number[] | null {
  const [hits, setHits] = useState<readonly number[] | null>(null);
  const shown = useShown(view);
  useEffect(() => {
    let over = false;
    // Each snapshot and each change of the list is counted anew.
    if (view !== null && shown !== null) {
      void view.count(rules).then((found) => {
        if (!over) setHits(found.length === rules.length ? found : null);
      });
    } else setHits(null);
    return () => {
      over = true;
    };
  }, [view, shown, rules]);
  return hits;
}

/** Changes with each page that is shown: null before the first. */
function useShown(view: PageView | null): string | null {
  const subscribe = useCallback(
    (listener: () => void) => view?.subscribe(listener) ?? (() => {}),
    [view],
  );
  return useSyncExternalStore(subscribe, () => {
    const tab = view?.state.tabs[0];
    if (view?.state.shown == null || tab === undefined) return null;
    return `${tab.page} ${tab.url}`;
  });
}
