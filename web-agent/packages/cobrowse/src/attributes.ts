// Which attributes may travel, and with what kind of value. Everything else stays in the page.

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Attributes whose mere presence counts. */
const FLAGS = words(
  'disabled hidden open multiple controls reversed nowrap inert noshade popover required readonly',
);

/** Attributes with a number, a length or a share. */
const NUMBERS = words(
  'width height rows cols size span colspan rowspan start border cellpadding cellspacing tabindex high low max min optimum',
);

/** Attributes with one of a few words, none of which tells anything about a person. */
const CHOICES = new Map<string, ReadonlySet<string>>([
  ['dir', words('ltr rtl auto')],
  [
    'type',
    words(
      'text password email number tel url search checkbox radio submit button reset file hidden date datetime-local month week time color range image 1 a A i I disc circle square',
    ),
  ],
  ['align', words('left right center justify char top middle bottom')],
  ['valign', words('top middle bottom baseline')],
  ['wrap', words('hard soft off')],
  ['scope', words('row col rowgroup colgroup')],
  ['contenteditable', words('true false plaintext-only')],
  [
    'role',
    words(
      'alert alertdialog article banner button cell checkbox columnheader combobox complementary contentinfo dialog document feed figure form grid gridcell group heading img link list listbox listitem log main marquee math menu menubar menuitem menuitemcheckbox menuitemradio navigation none note option presentation progressbar radio radiogroup region row rowgroup rowheader scrollbar search searchbox separator slider spinbutton status switch tab table tablist tabpanel term textbox timer toolbar tooltip tree treegrid treeitem',
    ),
  ],
  ['loading', words('lazy eager')],
]);

/** Texts that people see or hear; only where nothing is masked. */
const TEXTS = words('title alt aria-label label');

/** Presentation and geometry of pictures in SVG and formulas in MathML. */
const FOREIGN = words(
  'd points x y x1 y1 x2 y2 cx cy r rx ry dx dy fx fy width height viewBox preserveAspectRatio transform rotate pathLength fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color display visibility overflow clip-path clip-rule clipPathUnits mask maskUnits maskContentUnits filter filterUnits primitiveUnits marker-start marker-mid marker-end markerWidth markerHeight refX refY orient markerUnits gradientUnits gradientTransform spreadMethod offset stop-color stop-opacity patternUnits patternContentUnits patternTransform text-anchor dominant-baseline alignment-baseline baseline-shift font-size font-weight font-style letter-spacing word-spacing textLength lengthAdjust startOffset vector-effect shape-rendering paint-order result in in2 stdDeviation flood-color flood-opacity mode values operator k1 k2 k3 k4 mathvariant displaystyle scriptlevel stretchy symmetric fence separator lspace rspace columnalign rowalign',
);

const NUMBER = /^\s*[+-]?\d{1,6}(\.\d{1,6})?(px|%|em|rem)?\s*$/;
const PRESENTATION = /^[\s\w#.,()%+-]{0,100000}$/;
const FRAGMENT = /^#[\w.:-]{1,100}$/;

/** What is done with an attribute of an element outside masked places. */
export type AttributeUse = 'drop' | 'keep' | 'text' | 'empty';

/** Judges an attribute of an HTML element. `name` is in lower case. */
export function useOfHtml(name: string, value: string): AttributeUse {
  if (FLAGS.has(name)) return 'empty';
  if (NUMBERS.has(name)) return NUMBER.test(value) ? 'keep' : 'drop';
  const choices = CHOICES.get(name);
  if (choices !== undefined) {
    return choices.has(value.toLowerCase()) || choices.has(value) ? 'keep' : 'drop';
  }
  return TEXTS.has(name) ? 'text' : 'drop';
}

/** Judges an attribute of an SVG or MathML element outside masked places. */
export function useOfForeign(name: string, value: string): AttributeUse {
  if (name === 'href' || name === 'xlink:href') return FRAGMENT.test(value) ? 'keep' : 'drop';
  return FOREIGN.has(name) && PRESENTATION.test(value) ? 'keep' : 'drop';
}
