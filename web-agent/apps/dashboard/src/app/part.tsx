import { Component, type ComponentType, lazy, type ReactNode, Suspense } from 'react';
import { useText } from '../i18n';
import { Button } from '../ui/button';
import { Message } from '../ui/message';

/**
 * A component whose script comes when it is first needed.
 *
 * @param load imports it; called once, by {@link Part.preload} or by the first showing
 */
export function part<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let loading: Promise<{ default: ComponentType<Props> }> | null = null;
  const get = () => {
    loading ??= load().then((component) => ({ default: component }));
    return loading;
  };
  const Shown = lazy(get);
  function Part({ fallback, ...props }: Props & { fallback: ReactNode }) {
    return (
      <Failing>
        <Suspense fallback={fallback}>
          <Shown {...(props as unknown as Props)} />
        </Suspense>
      </Failing>
    );
  }
  /** Fetches the script before anybody asks, when the browser has nothing else to do. */
  Part.preload = () => {
    // What fails here fails again, and is told, where it is needed.
    whenIdle(() => get().catch(() => {}));
  };
  return Part;
}

function whenIdle(run: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(() => run());
  else setTimeout(run, 0);
}

/** The server may have been renewed since this page was loaded: then its old scripts are gone. */
class Failing extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const texts = useText();
  return (
    <div className="part-failed">
      <Message kind="bad" testId="part-failed">
        <p>{texts.app.partFailed}</p>
        <Button look="outline" onClick={() => location.reload()}>
          {texts.app.reload}
        </Button>
      </Message>
    </div>
  );
}
