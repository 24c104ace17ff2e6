import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useText } from '../i18n';
import { Button, type ButtonProps } from './button';

interface CopyButtonProps extends Omit<ButtonProps, 'onClick'> {
  text: string;
  label: string;
}

/** Copies a text and says so for two seconds. */
export function CopyButton({ text, label, ...rest }: CopyButtonProps) {
  const texts = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <Button
      {...rest}
      onClick={(event) => {
        copyText(text, event.currentTarget).then(setCopied, () => setCopied(false));
      }}
    >
      <Icon size={16} aria-hidden="true" />
      <span aria-live="polite">{copied ? texts.app.copied : label}</span>
    </Button>
  );
}

/** Copies; the second way works on plain HTTP, where the clipboard interface does not exist. */
async function copyText(text: string, button: HTMLElement): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text);
    return true;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'only-heard';
  // Beside the button: focus that leaves a popover closes it, and a dialog lets none out.
  button.after(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  button.focus();
  return done;
}
