import type { ReactNode } from 'react';
import { Skeleton } from '../ui/message';
import { Preferences } from './preferences';
import './page.css';

interface PageProps {
  /** Stands at the right end of the bar. */
  end?: ReactNode;
  /** For a page with one form. */
  narrow?: boolean;
  /** Shows where things will be while they load. */
  busy?: boolean;
  /** For a page that shows something large. */
  wide?: boolean;
  children?: ReactNode;
}

/** The frame of every page but the session's own. */
export function Page({ end, narrow = false, busy = false, wide = false, children }: PageProps) {
  return (
    <div className="page">
      <header className="page-head">
        <Brand />
        <div className="page-end">
          <Preferences />
          {end}
        </div>
      </header>
      <main className="page-body" data-narrow={narrow} data-wide={wide} aria-busy={busy}>
        {busy ? (
          <div className="card">
            <Skeleton height={28} width="40%" />
            <Skeleton height={40} />
            <Skeleton height={40} />
          </div>
        ) : (
          children
        )}
      </main>
    </div>
  );
}

/** The product's name, leading home. */
export function Brand() {
  return (
    <a className="brand" href="#/">
      <img src="/icon.svg" width={22} height={22} alt="" />
      <span className="brand-name">Sightline</span>
    </a>
  );
}
