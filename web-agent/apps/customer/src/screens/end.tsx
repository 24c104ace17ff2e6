import type { Receipt } from '../model/visit';
import { useText } from '../ui/hooks';
import { CheckIcon } from '../ui/icons';

/** What happened, in a few lines. */
export function EndScreen({ receipt }: { receipt: Receipt }) {
  const text = useText();
  const names = {
    camera: text('details_camera'),
    screen: text('details_screen'),
    microphone: text('details_sound'),
  };
  const shared = receipt.shared.map((kind) => names[kind]).join(', ');
  const rows: [string, string][] = [
    [text('receipt_duration'), duration(receipt.durationMs)],
    [text('receipt_with'), receipt.people.join(', ')],
    [text('receipt_shared'), shared || text('receipt_nothing')],
    [text('receipt_stills'), String(receipt.stills)],
    [text('receipt_drawings'), String(receipt.drawings)],
  ];
  return (
    <>
      <span class="done" aria-hidden="true">
        <CheckIcon />
      </span>
      <h1>{text('ended_title')}</h1>
      <p>{text('ended_text')}</p>
      <h2>{text('receipt')}</h2>
      <dl class="receipt">
        {rows
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <p class="quiet">{text('receipt_close')}</p>
    </>
  );
}

/** `m:ss`, or `h:mm:ss` from an hour on. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
