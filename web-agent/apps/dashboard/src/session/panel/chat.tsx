import { authorColor } from '@sightline/board';
import { type ChatMessage, LIMITS } from '@sightline/protocol';
import { Globe, SendHorizontal } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useText } from '../../i18n';
import { Button } from '../../ui/button';
import { useCapabilities, useDesk, useDeskState, useSession } from '../context';
import { displayName } from '../model/announce';
import { clock } from '../model/format';
import { participantOf, surfacesToAskFor } from '../model/select';
import './chat.css';

/** The conversation in writing. */
export function Chat() {
  const texts = useText();
  const can = useCapabilities();
  const messages = useSession((state) => state.chat);
  const log = useRef<HTMLOListElement>(null);
  const count = messages.length;
  useEffect(() => {
    if (count > 0) log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [count]);
  return (
    <div className="chat">
      {count === 0 ? (
        <div className="panel-empty">
          <p>{texts.chat.empty}</p>
          <p className="soft">{texts.chat.emptyHint}</p>
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reached by keyboard
        <ol ref={log} className="chat-log" aria-label={texts.chat.log} tabIndex={0}>
          {messages.map((message) => (
            <Message key={message.seq} message={message} />
          ))}
        </ol>
      )}
      {can.askForSurface && <Offer />}
      {can.chat && <ChatForm />}
    </div>
  );
}

/** Offers a look at the customer's web page, when the customer is on one that can be shared. */
function Offer() {
  const texts = useText();
  const desk = useDesk();
  const asked = useDeskState((state) => state.asked);
  const possible = useSession((state) => surfacesToAskFor(state).includes('page'));
  if (!possible) return null;
  return (
    <div className="chat-offer">
      <Button look="outline" onClick={() => desk.ask('page')} data-testid="chat-offer">
        <Globe size={16} aria-hidden="true" />
        {texts.page.offer}
      </Button>
      {asked === 'page' && (
        <span className="soft" role="status">
          {texts.page.offered}
        </span>
      )}
    </div>
  );
}

function Message({ message }: { message: ChatMessage }) {
  const texts = useText();
  const you = useSession((state) => state.you);
  const author = useSession((state) => participantOf(state.participants, message.from));
  return (
    <li className="chat-message" data-testid="chat-message" data-own={message.from === you}>
      <div className="chat-head">
        <span className="swatch" style={{ background: authorColor(author?.color ?? 0) }} />
        <span className="chat-name">{displayName(author, texts)}</span>
        <span className="soft">{clock(message.at_ms)}</span>
      </div>
      <p className="chat-text">{message.text}</p>
    </li>
  );
}

function ChatForm() {
  const texts = useText();
  const { client } = useDesk();
  const [text, setText] = useState('');
  const ready = useSession((state) => state.connection === 'live');
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    const trimmed = text.trim();
    if (trimmed === '' || !ready) return;
    client.sendChat(trimmed);
    setText('');
  };
  return (
    <form className="chat-form" onSubmit={send}>
      <textarea
        className="input"
        rows={1}
        aria-label={texts.chat.label}
        placeholder={texts.chat.placeholder}
        maxLength={LIMITS.chat_chars}
        value={text}
        data-chat-field
        data-testid="chat-field"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
          // Enter that ends the composition of a word, as in Japanese, is not the end of the text.
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <Button
        type="submit"
        look="primary"
        icon
        aria-label={texts.chat.send}
        disabled={!ready || text.trim() === ''}
        data-testid="chat-send"
      >
        <SendHorizontal size={18} />
      </Button>
    </form>
  );
}
