// Names as people read them: in letters of any width, with signs that nobody sees, and with letters
// of other scripts that look alike.

/** Signs that nobody sees: soft hyphens, joiners, marks of direction, variation selectors. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
/** Letters and digits that look like Latin ones (Unicode Technical Standard 39, "confusables"). */
const ALIKE = new Map(
  [
    ['а', 'a'],
    ['е', 'e'],
    ['о', 'o'],
    ['р', 'p'],
    ['с', 'c'],
    ['у', 'y'],
    ['х', 'x'],
    ['і', 'i'],
    ['ѕ', 's'],
    ['ԁ', 'd'],
    ['в', 'b'],
    ['к', 'k'],
    ['м', 'm'],
    ['н', 'h'],
    ['т', 't'],
    ['ь', 'b'],
    ['α', 'a'],
    ['ο', 'o'],
    ['υ', 'y'],
    ['ρ', 'p'],
    ['ν', 'v'],
    ['β', 'b'],
    ['ε', 'e'],
    ['ι', 'i'],
    ['ı', 'i'],
    ['0', 'o'],
    ['1', 'l'],
    ['3', 'e'],
    ['4', 'a'],
    ['5', 's'],
    ['8', 'b'],
    ['@', 'a'],
    ['$', 's'],
    ['¢', 'c'],
  ].map(([from, to]) => [from ?? '', to ?? ''] as const),
);

/** A name in its plain form, without accents too, with letters that look alike, and without gaps. */
export function plainWords(name: string): string[] {
  const plain = name.normalize('NFKC').replace(UNSEEN, '').toLowerCase();
  const bare = plain.normalize('NFD').replace(/\p{M}/gu, '');
  const alike = bare.replace(/[^\sa-z]/gu, (sign) => ALIKE.get(sign) ?? sign);
  // Letters set apart from each other are one word.
  const joined = bare.replace(/(?<![\p{L}\p{N}])\p{L}([ .·]\p{L}(?![\p{L}\p{N}]))+/gu, (run) =>
    run.replace(/[^\p{L}]/gu, ''),
  );
  return [plain, bare, alike, joined];
}
