use font8x8::UnicodeFonts;

/// Longest line of a label in letters.
const LINE: usize = 40;

/// Column, row and bitmap (a byte a row, lowest bit left) of each letter. Letters that the built-in
/// font does not have are shown as a box.
pub fn cells(text: &str) -> Vec<(usize, usize, [u8; 8])> {
    const MISSING: [u8; 8] = [0x7e, 0x42, 0x42, 0x42, 0x42, 0x42, 0x7e, 0];
    let (mut column, mut row) = (0, 0);
    let mut cells = Vec::new();
    for letter in text.chars() {
        if letter == '\n' || column == LINE {
            (column, row) = (0, row + 1);
        }
        if letter.is_control() {
            continue;
        }
        cells.push((column, row, glyph(letter).unwrap_or(MISSING)));
        column += 1;
    }
    cells
}

fn glyph(letter: char) -> Option<[u8; 8]> {
    let fonts: [&dyn Fn(char) -> Option<[u8; 8]>; 4] = [
        &|c| font8x8::BASIC_FONTS.get(c),
        &|c| font8x8::LATIN_FONTS.get(c),
        &|c| font8x8::GREEK_FONTS.get(c),
        &|c| font8x8::HIRAGANA_FONTS.get(c),
    ];
    fonts.iter().find_map(|font| font(letter))
}

/// Letters of the longest line, at least one.
pub fn columns(cells: &[(usize, usize, [u8; 8])]) -> usize {
    cells
        .iter()
        .map(|(column, ..)| column + 1)
        .max()
        .unwrap_or(1)
}

/// Lines, at least one.
pub fn rows(cells: &[(usize, usize, [u8; 8])]) -> usize {
    cells.iter().map(|(_, row, _)| row + 1).max().unwrap_or(1)
}
