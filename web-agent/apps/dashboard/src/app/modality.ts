/**
 * Notes in `data-modality` of the page whether the pointer or the keyboard chose what has the focus.
 * `:focus-visible` alone cannot tell: it also matches what a script focused during a click.
 */
export function noteModality(): void {
  const root = document.documentElement;
  const moves = new Set(['Tab', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);
  addEventListener('pointerdown', () => root.setAttribute('data-modality', 'pointer'), true);
  addEventListener(
    'keydown',
    (event) => {
      if (moves.has(event.key)) root.setAttribute('data-modality', 'keyboard');
    },
    true,
  );
}

/** True when the keyboard moved the focus to where it is. */
export function focusedByKeyboard(): boolean {
  return document.documentElement.dataset['modality'] === 'keyboard';
}
