import { PageView } from '@sightline/cobrowse/replay';
import type { PickedElement, SessionId } from '@sightline/protocol';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { api, errorText } from '../../api/api';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { Field } from '../../ui/field';
import { Message } from '../../ui/message';
import { editingAddress } from './model';

/** A session of one's own, in which a page of the site is looked at. */
export interface PreviewPlace {
  readonly session: SessionId;
  readonly view: PageView;
  /** Opens the page for editing, once. */
  readonly link: string;
}

/** Asks which page shall be looked at, and makes the session for it. */
export function PreviewStart({ onReady }: { onReady: (place: PreviewPlace) => void }) {
  const texts = useText();
  const [address, setAddress] = useState('');
  const begin = useMutation({
    mutationFn: async (typed: string): Promise<PreviewPlace | null> => {
      if (editingAddress(typed, '') === null) return null;
      const session = await api.createSession(texts.rules.session);
      const [joined, invite] = await Promise.all([
        api.joinAsAgent(session.id),
        api.createInvite(session.id, { role: 'customer', surface: 'page' }),
      ]);
      const view = new PageView(location.origin, joined.token);
      const link = editingAddress(typed, invite.code) ?? '';
      return { session: session.id, view, link };
    },
    onSuccess: (place) => {
      if (place !== null) onReady(place);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    begin.mutate(address);
  };
  return (
    <section className="rules-preview rules-start" aria-label={texts.rules.preview}>
      <form onSubmit={submit}>
        <h2>{texts.rules.preview}</h2>
        <p className="soft">{texts.rules.previewHelp}</p>
        <Field
          label={texts.rules.address}
          placeholder="https://www.example.com/account"
          value={address}
          onChange={(event) => {
            setAddress(event.target.value);
            begin.reset();
          }}
          inputMode="url"
          data-testid="rules-address"
        />
        <Button
          type="submit"
          look="primary"
          size="large"
          disabled={begin.isPending || address.trim() === ''}
          data-testid="rules-begin"
        >
          {texts.rules.begin}
        </Button>
        {begin.isSuccess && begin.data === null && (
          <Message kind="bad">{texts.rules.noAddress}</Message>
        )}
        {begin.isError && <Message kind="bad">{errorText(texts, begin.error)}</Message>}
      </form>
    </section>
  );
}

/** The page, shown as agents see it; a click on an element asks what shall happen with it. */
export function Preview(props: {
  place: PreviewPlace;
  onPicked: (picked: PickedElement | null) => void;
}) {
  const texts = useText();
  const { place, onPicked } = props;
  const { view } = place;
  const frame = useRef<HTMLIFrameElement>(null);
  const state = useSyncExternalStore(
    (listener) => view.subscribe(listener),
    () => view.state,
  );
  useEffect(() => {
    view.open();
    view.setTool('pick', 0);
    view.onPicked = (node) => void view.pick(node).then(onPicked);
    return () => {
      view.onPicked = null;
      view.close();
      // Nobody goes on looking at the page when the editor is left.
      void api.endSession(place.session).catch(() => {});
    };
  }, [view, place, onPicked]);
  const url = state.replayUrl;
  useEffect(() => {
    const element = frame.current;
    if (element === null || url === null) return;
    const detach = view.attach(element, new URL(url).origin);
    element.src = url;
    return detach;
  }, [view, url]);
  const tab = state.tabs[0];
  const shown = state.shown !== null;
  return (
    <section className="rules-preview" aria-label={texts.rules.preview} data-shown={shown}>
      <div className="rules-bar">
        <span className="rules-url">{tab?.title || tab?.url || texts.rules.preview}</span>
        <span className="soft">{shown ? texts.rules.pick : ''}</span>
      </div>
      <div className="rules-frame">
        <iframe ref={frame} title={texts.rules.preview} data-testid="replay" />
        {!shown && (
          <div className="rules-wait">
            <p>{texts.rules.opens}</p>
            <a
              className="button"
              data-look="primary"
              data-size="large"
              href={place.link}
              target="_blank"
              rel="noopener"
              data-testid="rules-open"
            >
              {texts.rules.open}
            </a>
          </div>
        )}
      </div>
    </section>
  );
}
