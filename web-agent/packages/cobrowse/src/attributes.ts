// Which attributes may travel, and with what kind of value. Everything else stays in the page. Only
// judges: what it lets through becomes a masked text in the gate.

import { type CssHost, isMixed, type Names, scrubDeclarations } from './css';
import type { Level } from './levels';

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
const TEXTS = words('title alt aria-label aria-description aria-roledescription label');

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
  if (name === 'aria-label') return 'text';
  return FOREIGN.has(name) && PRESENTATION.test(value) ? 'keep' : 'drop';
}

/** What an attribute is judged by. */
export interface AttributePlace {
  readonly element: Element;
  readonly level: Level;
  /** Of SVG or MathML. */
  readonly foreign: boolean;
  readonly field: boolean;
  readonly names: Names;
  readonly css: CssHost;
  repeats(text: string): boolean;
  /** A text with masks in the place of what was hidden. */
  cover(text: string): string;
  /** The name that a class or an id (with its sign in front) goes by. */
  alias(name: string): string;
  /** True when a style sheet writes a text beside what is in the element. */
  draws(name: string, value: string): boolean;
  /** Keeps a hidden text, so that it is recognised elsewhere. */
  remember(text: string): void;
}

/** Size of a box, which may follow what is typed into it. */
const SIZES = /(^|;)\s*(min-|max-)?(width|height|inline-size|block-size):[^;]*/gi;

const BARS = /^(progress|meter|li)$/;

/** What an attribute may say; null when it does not travel. `name` is in lower case unless foreign. */
export function attributeText(name: string, value: string, at: AttributePlace): string | null {
  const { element, level, foreign, field, names } = at;
  if (name === 'class') return known(value, at);
  // A bar tells how far something is, and nobody typed it.
  if (name === 'value' && BARS.test(element.localName))
    return level === 0 && NUMBER.test(value) ? value : null;
  if (name === 'id' || name === 'for') {
    if (names.ids.has(at.alias(`#${value}`))) return at.alias(`#${value}`);
    const inPicture = foreign && level === 0 && /^[\w.:-]{1,60}$/.test(value) && !at.repeats(value);
    return inPicture ? value : null;
  }
  // Names that join a component to what is put into it.
  if (name === 'slot' || name === 'part' || (name === 'name' && element.localName === 'slot'))
    return level === 0 && /^[\w -]{1,100}$/.test(value) && !at.repeats(value) ? value : null;
  if (name === 'style') {
    let css = scrubDeclarations(value, at.css, level === 0);
    if (level > 0 || field) css = withoutNames(css.replace(SIZES, '$1'));
    return css === '' || at.repeats(css) ? null : css;
  }
  if (name === 'href' && !foreign && (element.localName === 'a' || element.localName === 'area'))
    return '#_';
  const isSize = /^(width|height|viewBox)$/.test(name) && /^[\d.\s%-]{1,40}$/.test(value);
  if (foreign && level > 0 && isSize) return value;
  const use = !foreign ? useOfHtml(name, value) : level === 0 ? useOfForeign(name, value) : 'drop';
  if (use === 'empty') return '';
  if (use === 'keep') return value;
  if (use === 'text') {
    if (level > 0) at.remember(value);
    return level > 0 || field || value.length > 1_000 ? null : at.cover(value);
  }
  if (names.drawn.has(name) && level === 0 && !field && !UNTOLD.test(name))
    if (value.length <= 1_000 && at.draws(name, value)) return at.cover(value);
  return asked(name, value, names);
}

/** Declarations without those that give something a name of its own. */
function withoutNames(css: string): string {
  return css
    .split(';')
    .filter((each) => {
      const [name = '', value = ''] = each.split(':');
      return !NAMING.test(name) && !isMixed(value);
    })
    .join(';');
}
const NAMING =
  /name|^\s*(grid-|counter|animation|container|font-family|font$|will-|position-|anchor|.*timeline|.*area)/i;
/** Never told, even where a style sheet writes them. */
const UNTOLD = /^(on.*|value|href|src|srcset|srcdoc|action|formaction|content|style|data)$/;

/** Names that a style sheet speaks of. */
function known(value: string, at: AttributePlace): string | null {
  const { classes, attributes } = at.names;
  const asked = attributes.get('class');
  const kept = value.split(/\s+/).flatMap((each) => {
    const name = at.alias(`.${each}`);
    if (classes.has(name)) return [name];
    // Of a name that a sheet knows a part of, that part.
    for (const part of asked ?? []) {
      const bare = part?.trim() ?? '';
      if (bare !== '' && name.includes(bare)) return [bare];
    }
    return [];
  });
  return kept.length === 0 ? null : [...new Set(kept)].join(' ');
}

/** As much of an attribute as a style sheet asks for. */
function asked(name: string, value: string, names: Names): string | null {
  const named = names.attributes.get(name);
  if (named === undefined || name.startsWith('on') || name === 'value') return null;
  if (named.has(value)) return value;
  for (const each of named) if (each !== null && each !== '' && value.includes(each)) return each;
  return named.has(null) ? '' : null;
}
