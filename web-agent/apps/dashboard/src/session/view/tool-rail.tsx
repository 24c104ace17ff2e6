import type { ToolName } from '@sightline/board';
import {
  ArrowUpRight,
  Camera,
  Circle,
  Highlighter,
  Keyboard,
  type LucideIcon,
  MousePointer2,
  Pencil,
  Redo2,
  Snowflake,
  Trash2,
  Type,
  Undo2,
} from 'lucide-react';
import { useText } from '../../i18n';
import { useCapabilities, useDeskState, useSession } from '../context';
import { printedKeys } from '../model/keys';
import { stageView, surfaceToShow } from '../model/select';
import { RailButton } from './rail-button';
import './tool-rail.css';

const tools: [ToolName, LucideIcon][] = [
  ['arrow', ArrowUpRight],
  ['circle', Circle],
  ['freehand', Pencil],
  ['highlight', Highlighter],
  ['text', Type],
  ['pointer', MousePointer2],
];

/** Everything that can be done to the picture, each with its key. */
export function ToolRail() {
  const texts = useText();
  const can = useCapabilities();
  const chosen = useDeskState((state) => state.tool);
  const chosenSurface = useDeskState((state) => state.surface);
  const frozen = useDeskState((state) => state.frozen !== null);
  const live = useSession(
    (state) => stageView(state, surfaceToShow(state, chosenSurface)) === 'live',
  );
  const allowed = useSession((state) => state.consent.granted.includes('snapshot'));
  const needsPicture = live ? undefined : texts.tools.needsPicture;
  const noSnapshot = needsPicture ?? (allowed ? undefined : texts.tools.needsConsent);
  return (
    <section className="rail" aria-label={texts.tools.title}>
      {can.draw &&
        tools.map(([tool, Icon]) => (
          <RailButton
            key={tool}
            testId={`tool-${tool}`}
            command={{ type: 'tool', tool }}
            icon={Icon}
            text={texts.tools[tool]}
            shortcut={printedKeys[tool]}
            pressed={chosen === tool}
          />
        ))}
      {can.draw && <div className="rail-line" />}
      {can.draw && (
        <RailButton
          testId="freeze"
          command={{ type: 'freeze' }}
          icon={Snowflake}
          text={frozen ? texts.tools.unfreeze : texts.tools.freeze}
          shortcut={texts.keys.space}
          pressed={frozen}
          missing={needsPicture}
        />
      )}
      {can.snapshot && (
        <RailButton
          testId="snapshot"
          command={{ type: 'snapshot' }}
          icon={Camera}
          text={texts.tools.snapshot}
          shortcut="S"
          missing={noSnapshot}
        />
      )}
      {can.draw && <History />}
      <div className="rail-help">
        <RailButton
          testId="help"
          command={{ type: 'help' }}
          icon={Keyboard}
          text={texts.tools.help}
          shortcut="?"
        />
      </div>
    </section>
  );
}

function History() {
  const texts = useText();
  return (
    <>
      <div className="rail-line" />
      <RailButton
        testId="undo"
        command={{ type: 'undo' }}
        icon={Undo2}
        text={texts.tools.undo}
        shortcut="Z"
      />
      <RailButton
        testId="redo"
        command={{ type: 'redo' }}
        icon={Redo2}
        text={texts.tools.redo}
        shortcut={`${texts.keys.shift} Z`}
      />
      <RailButton
        testId="clear"
        command={{ type: 'clear' }}
        icon={Trash2}
        text={texts.tools.clear}
        shortcut={texts.keys.clearKey}
      />
    </>
  );
}
