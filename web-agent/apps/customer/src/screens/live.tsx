import { useState } from 'preact/hooks';
import { Asked } from '../live/asked';
import { ChatPanel } from '../live/chat-panel';
import { Controls } from '../live/controls';
import { DetailsPanel } from '../live/details-panel';
import { EndDialog } from '../live/end-dialog';
import { Picture } from '../live/picture';
import { RemoteSound } from '../live/remote-sound';
import { TopBar } from '../live/top-bar';
import { useAnnouncements } from '../live/use-announcements';
import { useUnread } from '../live/use-unread';
import { useWakeLock } from '../live/use-wake-lock';
import type { Visit } from '../model/visit';
import { useStore } from '../ui/hooks';

type Panel = 'none' | 'chat' | 'details';

/** The live picture with the drawings on it; everything else floats at its edges. */
export function LiveScreen({ visit }: { visit: Visit }) {
  const { client, sharing } = visit;
  const [panel, setPanel] = useState<Panel>('none');
  const [ending, setEnding] = useState(false);
  useStore(client);
  useStore(sharing);
  useAnnouncements(client);
  useWakeLock();
  const unread = useUnread(client, panel === 'chat');
  if (client === null || sharing === null) return null;
  const agent = visit.preview?.agent_name ?? '';
  const toggle = (wanted: Panel) => setPanel(panel === wanted ? 'none' : wanted);
  return (
    <main class="live">
      <Picture client={client} sharing={sharing} onShare={(kind) => void visit.share(kind)} />
      <TopBar
        state={client.state}
        agent={agent}
        sharing={sharing.state}
        open={panel === 'details'}
        onDetails={() => toggle('details')}
      />
      {panel === 'details' && (
        <DetailsPanel
          client={client}
          sharing={sharing}
          agent={agent}
          filmDays={visit.preview?.film_days ?? null}
          onShare={(kind) => void visit.share(kind)}
          onClose={() => setPanel('none')}
        />
      )}
      {panel === 'chat' && <ChatPanel client={client} onClose={() => setPanel('none')} />}
      <div class="live-bottom">
        <Asked client={client} sharing={sharing} onShare={(kind) => void visit.share(kind)} />
        <Controls
          sharing={sharing}
          chatOpen={panel === 'chat'}
          unread={unread}
          onChat={() => toggle('chat')}
          onEnd={() => setEnding(true)}
        />
      </div>
      <RemoteSound tracks={client.state.tracks} />
      {ending && (
        <EndDialog agent={agent} onEnd={() => visit.end()} onStay={() => setEnding(false)} />
      )}
    </main>
  );
}
