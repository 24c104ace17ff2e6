import type { ToolName } from '@sightline/board';
import { useText } from '../../i18n';
import { Dialog } from '../../ui/dialog';
import { useDesk } from '../context';
import { printedKeys } from '../model/keys';
import './keys-dialog.css';

/** All keys on one card. */
export function KeysDialog() {
  const texts = useText();
  const desk = useDesk();
  const { tools, keys } = texts;
  const names = Object.keys(printedKeys) as ToolName[];
  return (
    <Dialog
      title={keys.title}
      testId="keys-dialog"
      onClose={() => desk.store.dispatch({ type: 'dialog', dialog: null })}
    >
      <div className="keys">
        <Group
          title={keys.draw}
          rows={[
            ...names.map((tool): [string, string] => [tools[tool], printedKeys[tool]]),
            [tools.undo, 'Z'],
            [tools.redo, `${keys.shift} Z`],
            [tools.clear, keys.clearKey],
          ]}
        />
        <div>
          <Group
            title={keys.picture}
            rows={[
              [tools.freeze, keys.space],
              [tools.snapshot, 'S'],
              [keys.surfaces, '1 2 3'],
            ]}
          />
          <br />
          <Group
            title={keys.go}
            rows={[
              [keys.chat, '/'],
              [keys.microphone, 'M'],
              [tools.help, '?'],
              [keys.escapeDoes, keys.escape],
            ]}
          />
        </div>
      </div>
    </Dialog>
  );
}

function Group({ title, rows }: { title: string; rows: [what: string, keys: string][] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {rows.map(([what, printed]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>
              {printed.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
