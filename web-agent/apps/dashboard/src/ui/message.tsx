import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import './message.css';

const icons = { bad: CircleAlert, good: CircleCheck, note: Info };

interface MessageProps {
  kind: keyof typeof icons;
  children: ReactNode;
  testId?: string;
}

/** What went wrong or well, and what to do next. */
export function Message({ kind, children, testId }: MessageProps) {
  const Icon = icons[kind];
  return (
    <div
      className="message"
      data-kind={kind}
      data-testid={testId}
      role={kind === 'bad' ? 'alert' : 'status'}
    >
      <Icon size={16} aria-hidden="true" />
      <div className="message-body">{children}</div>
    </div>
  );
}

/** Holds the place of something that is loading. */
export function Skeleton({ width = '100%', height }: { width?: number | string; height: number }) {
  return <div className="skeleton" aria-hidden="true" style={{ width, height }} />;
}
