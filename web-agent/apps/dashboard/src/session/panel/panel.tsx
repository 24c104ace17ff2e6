import * as Tabs from '@radix-ui/react-tabs';
import { useText } from '../../i18n';
import { useDesk, useDeskState, useSession } from '../context';
import type { PanelName } from '../model/desk';
import { Chat } from './chat';
import { Marks } from './marks';
import { People } from './people';
import './panel.css';

/** People, chat and marks, one open at a time. */
export function Panel() {
  const texts = useText();
  const desk = useDesk();
  const panel = useDeskState((state) => state.panel);
  const unread = useDeskState((state) => state.unread);
  const people = useSession((state) => state.participants.filter((one) => one.connected).length);
  const marks = useSession((state) => state.annotations.length);
  return (
    <aside className="panel" aria-label={texts.panel.title}>
      <Tabs.Root
        asChild
        value={panel}
        onValueChange={(value) => desk.store.dispatch({ type: 'panel', panel: value as PanelName })}
      >
        <div className="panel-root">
          <Tabs.List className="panel-tabs" aria-label={texts.panel.title}>
            <Tab name="people" text={texts.panel.people} count={people} />
            <Tab name="chat" text={texts.panel.chat} count={unread} fresh={unread > 0} />
            <Tab name="marks" text={texts.panel.marks} count={marks} />
          </Tabs.List>
          <Tabs.Content className="panel-body" value="people">
            <People />
          </Tabs.Content>
          <Tabs.Content className="panel-body" value="chat" tabIndex={-1}>
            <Chat />
          </Tabs.Content>
          <Tabs.Content className="panel-body" value="marks">
            <Marks />
          </Tabs.Content>
        </div>
      </Tabs.Root>
    </aside>
  );
}

function Tab(props: { name: PanelName; text: string; count: number; fresh?: boolean }) {
  const { name, text, count, fresh = false } = props;
  const texts = useText();
  return (
    <Tabs.Trigger className="panel-tab" value={name} data-testid={`panel-${name}`}>
      {text}
      <span className="panel-count" data-new={fresh} data-empty={count === 0}>
        {count}
        {fresh && <span className="only-heard"> {texts.panel.unread(count)}</span>}
      </span>
    </Tabs.Trigger>
  );
}
