import { AlertIcon } from './icons';

/** Something that went wrong, with what to do. Takes part in the layout only when there is one. */
export function Notice({ id, text }: { id?: string; text: string | null }) {
  return (
    <div id={id} role="alert" class={text === null ? 'notice empty' : 'notice'}>
      {text !== null && (
        <>
          <AlertIcon />
          <span>{text}</span>
        </>
      )}
    </div>
  );
}
