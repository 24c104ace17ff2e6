import type { LucideIcon } from 'lucide-react';
import { Button } from '../../ui/button';
import { Hint } from '../../ui/hint';
import { useDesk } from '../context';
import type { Command } from '../model/keys';

interface RailButtonProps {
  command: Command;
  icon: LucideIcon;
  text: string;
  shortcut: string;
  testId: string;
  pressed?: boolean;
  /** Why it does nothing at the moment; it can still be reached, so that the reason is found. */
  missing?: string | undefined;
}

/** One command of the rail with its key. */
export function RailButton({
  command,
  icon: Icon,
  text,
  shortcut,
  testId,
  pressed,
  missing,
}: RailButtonProps) {
  const desk = useDesk();
  return (
    <Hint
      text={missing === undefined ? text : `${text}: ${missing}`}
      shortcut={shortcut}
      side="right"
    >
      <Button
        icon
        aria-label={text}
        aria-pressed={pressed}
        aria-disabled={missing === undefined ? undefined : true}
        data-testid={testId}
        onClick={() => {
          if (missing === undefined) desk.run(command);
        }}
      >
        <Icon size={18} aria-hidden="true" />
        {shortcut.length === 1 && (
          <span className="rail-key" aria-hidden="true">
            {shortcut}
          </span>
        )}
      </Button>
    </Hint>
  );
}
