import { useDeskState } from '../context';
import { Panel } from '../panel/panel';
import { EndDialog } from './end-dialog';
import { Filmstrip } from './filmstrip';
import { KeysDialog } from './keys-dialog';
import { SnapshotDialog } from './snapshot-dialog';
import { Sound } from './sound';
import { Stage } from './stage';
import { ToolRail } from './tool-rail';
import { TopBar } from './top-bar';
import './workspace.css';

/** The session: bar, tools, picture, panel, filmstrip, and at most one dialog. */
export function Workspace() {
  const dialog = useDeskState((state) => state.dialog);
  return (
    <div className="workspace" data-testid="session">
      <TopBar />
      <ToolRail />
      <Stage />
      <Panel />
      <Filmstrip />
      <Sound />
      {dialog?.type === 'end' && <EndDialog />}
      {dialog?.type === 'keys' && <KeysDialog />}
      {dialog?.type === 'snapshot' && <SnapshotDialog id={dialog.id} />}
    </div>
  );
}
