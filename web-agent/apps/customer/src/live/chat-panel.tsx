import { LIMITS, type SessionClient } from '@sightline/protocol';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useText } from '../ui/hooks';
import { Panel } from './panel';

/** Messages between everybody in the session. */
export function ChatPanel({ client, onClose }: { client: SessionClient; onClose: () => void }) {
  const text = useText();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const [draft, setDraft] = useState('');
  const [sent, setSent] = useState<readonly { id: string; text: string }[]>([]);
  const { chat, participants, you } = client.state;
  const arrived = new Set(chat.map((message) => message.client_id));
  const waiting = sent.filter(({ id }) => !arrived.has(id));

  useEffect(() => {
    list.current?.lastElementChild?.scrollIntoView({ block: 'end' });
  }, [chat.length, waiting.length]);
  useEffect(
    // A refused message goes back into the field, so that nothing typed is lost.
    () =>
      client.on('error', ({ clientId }) => {
        const refused = sent.find(({ id }) => id === clientId);
        if (refused === undefined) return;
        setSent(sent.filter((message) => message !== refused));
        setDraft(refused.text);
      }),
    [client, sent],
  );

  const submit = (event: Event) => {
    event.preventDefault();
    const message = draft.trim();
    if (message === '') return;
    setSent([...waiting, { id: client.sendChat(message), text: message }]);
    setDraft('');
  };
  const nameOf = (id: string) =>
    id === you ? text('details_you') : (participants.find((p) => p.id === id)?.name ?? '');
  return (
    <Panel title={text('chat_title')} onClose={onClose} first={input}>
      <ol class="messages" ref={list}>
        {chat.length + waiting.length === 0 && <li class="none">{text('chat_empty')}</li>}
        {chat.map((message) => (
          <li key={message.seq} class={message.from === you ? 'mine' : ''}>
            <strong>{nameOf(message.from)}</strong>
            <span dir="auto">{message.text}</span>
          </li>
        ))}
        {waiting.map(({ id, text: message }) => (
          <li key={id} class="mine waiting">
            <strong>{text('chat_not_sent')}</strong>
            <span dir="auto">{message}</span>
          </li>
        ))}
      </ol>
      <form class="compose" onSubmit={submit}>
        <label>
          <span class="visually-hidden">{text('chat_label')}</span>
          <input
            ref={input}
            value={draft}
            dir="auto"
            maxLength={LIMITS.chat_chars}
            autoComplete="off"
            enterkeyhint="send"
            placeholder={text('chat_label')}
            onInput={(event) => setDraft(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary">
          {text('chat_send')}
        </button>
      </form>
    </Panel>
  );
}
