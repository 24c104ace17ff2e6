// Controls that only the customer may activate: they buy, accept, send or delete.

import { PSEUDOS } from './drawn';
import { fitsText, nameOf, type ReadyRules } from './rules';
import { isLine, parentOf } from './tree';
import { plainWords } from './words';

const SUBMIT = 'button:not([type]),button[type=submit],input[type=submit],input[type=image]';
/** Words of controls that buy, accept, send or delete. Site rules add their own. */
const BLOCKED_NAMES =
  /(^|[^\p{L}])(buy|pay|purchase|order now|place order|checkout|accept|agree|confirm|subscribe|transfer|delete|kaufen|bestellen|zahlungspflichtig|bezahlen|zustimmen|akzeptieren|bestätigen|löschen|acheter|payer|commander|accepter|confirmer|supprimer|comprar|pagar|aceptar|confirmar|eliminar|acquista|compra|paga|accetta|conferma|elimina|kopen|betalen|akkoord|bevestigen|kup|zapłać|akceptuj|potwierdź|osta|maksa|hyväksy|köp|betala|godkänn|купить|оплатить|принять|подтвердить|удалить|satın al|öde|kabul)([^\p{L}]|$)|購入|注文|支払|同意|承諾|確認|削除|购买|购买|支付|同意|接受|确认|删除|구매|결제|동의|확인|삭제|شراء|ادفع|موافق|تأكيد|حذف|קנה|שלם|אישור|מחק|खरीद|भुगतान|स्वीकार/iu;

export class Blocked {
  readonly #rules: ReadyRules;
  readonly #known = new WeakSet<Element>();

  constructor(rules: ReadyRules) {
    this.#rules = rules;
  }

  /** Whether only the customer may activate this control. */
  has(target: Element): boolean {
    const text = textOf(target).trim();
    for (let at: Node | null = target; at !== null; at = parentOf(at)) {
      if (at.nodeType !== 1) continue;
      const element = at as Element;
      if (this.#judge(element, text)) return true;
      if (element.localName === 'label') {
        const { control } = element as HTMLLabelElement;
        if (control !== null && control !== target && this.#judge(control, text)) return true;
      }
    }
    return false;
  }

  #judge(element: Element, targetText: string): boolean {
    if (this.#known.has(element)) return true;
    const found =
      element.matches(this.#rules.selectors.noControl) ||
      (element.matches(SUBMIT) && ((element as HTMLButtonElement).form ?? null) !== null) ||
      ((isControl(element) || isPressed(element, targetText)) &&
        (isBlockedName(fullName(element)) ||
          this.#rules.texts.some(
            (rule) => rule.action === 'no_control' && fitsText(rule, element),
          ))) ||
      (element.localName === 'a' &&
        !/^https?:$/.test((element as HTMLAnchorElement).protocol || 'https:'));
    // Blocked once is blocked for good: another caption does not free it.
    if (found) this.#known.add(element);
    return found;
  }

  /** Finds blocked controls before anybody could rename them. */
  learn(root: Document | ShadowRoot): void {
    for (const element of root.querySelectorAll(CONTROLS)) this.has(element);
  }
}

const isControl = (element: Element): boolean => element.matches(CONTROLS);

/**
 * Scripts make anything a control: what is called nothing but a few words and holds no other one.
 * `text` is that of what is pressed inside of it.
 */
function isPressed(element: Element, text: string): boolean {
  if (element.querySelector(`${CONTROLS},textarea,select,[contenteditable]`) !== null) return false;
  const name = textOf(element).trim();
  return name.length <= SHORT_NAME && (text === '' || text === name || isLine(element));
}
const CONTROLS =
  'a,area,button,input,summary,label,[role~=button],[role~=link],[role^=menuitem],[role~=option],[role~=checkbox],[role~=radio],[role~=switch],[role~=tab],[onclick],[tabindex]';
/** Letters of the longest name of something that is not made as a control. */
const SHORT_NAME = 40;
/** Letters of a name that are read. */
const LONGEST = 300;

/** Also in letters of another width or script, with accents apart, and with signs that nobody sees. */
function isBlockedName(name: string): boolean {
  return BLOCKED_NAMES.test(name) || plainWords(name).some((each) => BLOCKED_NAMES.test(each));
}

/** What people read in an element: through slots and shadow roots. */
function textOf(node: Node): string {
  let text = '';
  const read = (each: Node): void => {
    if (text.length > LONGEST) return;
    if (each.nodeType === 3) text += each.nodeValue ?? '';
    else if (each.nodeType === 1) {
      const { shadowRoot, localName } = each as Element;
      if (localName === 'style' || localName === 'script') return;
      const put = localName === 'slot' ? (each as HTMLSlotElement).assignedNodes() : [];
      for (const child of put.length > 0 ? put : (shadowRoot ?? each).childNodes) read(child);
    }
  };
  read(node);
  return text.slice(0, LONGEST);
}

/** Everything that a control is called, with pictures and other languages' names. */
function fullName(element: Element): string {
  const labelled = (element.getAttribute('aria-labelledby') ?? '')
    .split(/\s+/)
    .map((id) =>
      id === ''
        ? ''
        : ((element.getRootNode() as Document).getElementById?.(id)?.textContent ?? ''),
    )
    .join(' ');
  const labels = Array.from((element as HTMLInputElement).labels ?? [], textOf).join(' ');
  const drawn = PSEUDOS.map((pseudo) => getComputedStyle(element, pseudo).content)
    .filter((content) => /^["']/.test(content))
    .join(' ');
  const pictures = Array.from(
    element.querySelectorAll('img[alt],[aria-label],[title],input[type=button]'),
    (each) => nameOf(each),
  ).join(' ');
  return [
    nameOf(element),
    textOf(element),
    labelled,
    labels,
    drawn,
    pictures,
    element.id,
    element.getAttribute('name') ?? '',
  ]
    .join('\n')
    .replace(/[_-]/g, ' ');
}
