// Controls that only the customer may activate: they buy, accept, send or delete.

import { fitsText, nameOf, type ReadyRules } from './rules';
import { parentOf } from './tree';

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
    for (let at: Node | null = target; at !== null; at = parentOf(at)) {
      if (at.nodeType !== 1) continue;
      const element = at as Element;
      if (this.#judge(element)) return true;
      if (element.localName === 'label') {
        const { control } = element as HTMLLabelElement;
        if (control !== null && control !== target && this.#judge(control)) return true;
      }
    }
    return false;
  }

  #judge(element: Element): boolean {
    if (this.#known.has(element)) return true;
    const found =
      element.matches(this.#rules.selectors.noControl) ||
      (element.matches(SUBMIT) && ((element as HTMLButtonElement).form ?? null) !== null) ||
      (isControl(element) &&
        (BLOCKED_NAMES.test(fullName(element)) ||
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
    for (const element of root.querySelectorAll(
      'a[href],button,input,[role=button],[onclick],summary,label',
    ))
      this.has(element);
  }
}

function isControl(element: Element): boolean {
  return element.matches(
    'a,button,input,summary,label,[role=button],[role=link],[role=menuitem],[onclick],[tabindex]',
  );
}

/** Everything that a control is called, with pictures and other languages' names. */
function fullName(element: Element): string {
  const labelled = (element.getAttribute('aria-labelledby') ?? '')
    .split(/\s+/)
    .map((id) => (id === '' ? '' : (element.ownerDocument.getElementById(id)?.textContent ?? '')))
    .join(' ');
  const pictures = Array.from(element.querySelectorAll('img[alt],[aria-label],[title]'), (each) =>
    nameOf(each),
  ).join(' ');
  const text = (element.textContent ?? '').slice(0, 300);
  return `${nameOf(element)} ${text} ${labelled} ${pictures} ${element.id} ${element.getAttribute('name') ?? ''}`.replace(
    /[_-]/g,
    ' ',
  );
}
