import type { SessionClient } from '@sightline/protocol';
import { useEffect, useState } from 'preact/hooks';

/** How many messages of others came since the chat was last open. */
export function useUnread(client: SessionClient | null, open: boolean): number {
  const chat = client?.state.chat ?? [];
  const last = chat.at(-1)?.seq ?? 0;
  const [read, setRead] = useState(0);
  useEffect(() => {
    if (open) setRead(last);
  }, [open, last]);
  return chat.filter((message) => message.seq > read && message.from !== client?.state.you).length;
}
