//! A number burnt into a picture, so that a frame can be recognised on another screen.
//!
//! The strip lies along the top edge: one row of [`CELLS`] cells across the whole frame width `W`,
//! each `W / 40` wide (cell `i` spans `i * W / 40` to `(i + 1) * W / 40`, fractions rounded down)
//! and `W / 40` high. A cell is black (luma 16) or white (luma 235). Because cells scale with the
//! width, a reader needs no other knowledge than the width of the picture that it has; at 320
//! pixels a cell is 8x8, at 640 it is one 16x16 macroblock of VP8.
//!
//! | cells | what |
//! |---|---|
//! | 0–1 | guard: white, black |
//! | 2–5 | kind, highest bit first: 1 frame number, 2 milliseconds of a clock modulo 2^24 |
//! | 6–29 | value, 24 bits, highest bit first |
//! | 30–37 | CRC-8 over kind and value (28 bits, highest first; polynomial 0x07, start 0xFF) |
//! | 38–39 | guard: black, white |
//!
//! White is a set bit. The guards give both levels, so that a reader needs no fixed threshold; it
//! refuses a strip whose guards are less than 60 levels apart, whose cells are not clearly on one
//! side, or whose CRC differs. `tests/browser/src/barcode.ts` reads and writes the same layout.

/// Cells of a strip.
pub const CELLS: usize = 40;

/// Values are smaller than this.
pub const VALUE_LIMIT: u32 = 1 << 24;

const GUARD_CONTRAST: f32 = 60.0;
const BLACK: u8 = 16;
const WHITE: u8 = 235;

/// What the number of a strip means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Index of the frame in its clip, from 0.
    FrameNumber,
    /// Milliseconds of the writer's clock, modulo 2^24 (4 h 39 min).
    ClockMs,
}

impl Kind {
    fn bits(self) -> u32 {
        match self {
            Self::FrameNumber => 1,
            Self::ClockMs => 2,
        }
    }
}

/// A number that was read from, or will be written into, a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Barcode {
    /// What the number means.
    pub kind: Kind,
    /// The number, below [`VALUE_LIMIT`].
    pub value: u32,
}

/// Why a picture has no readable strip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BarcodeError {
    /// The picture is too small for cells of 4 pixels.
    #[error("a picture of {width}x{height} is too small for a barcode; it needs 160x4")]
    TooSmall {
        /// Pixels.
        width: usize,
        /// Pixels.
        height: usize,
    },
    /// The guards are not white, black … black, white.
    #[error("no barcode guards at the top edge")]
    NoGuards,
    /// A cell is neither black nor white.
    #[error("cell {0} is neither black nor white")]
    Unclear(usize),
    /// The bits do not fit their checksum.
    #[error("the checksum does not fit")]
    Checksum,
    /// A kind that nobody writes.
    #[error("unknown barcode kind {0}")]
    Kind(u32),
}

/// CRC-8 with polynomial x^8 + x^2 + x + 1, over the lowest `bits` bits of `data`.
fn crc8(data: u32, bits: u32) -> u32 {
    (0..bits).rev().fold(0xFF, |crc, bit| {
        let feedback = (crc >> 7) ^ (data >> bit & 1);
        (crc << 1 & 0xFF) ^ if feedback == 1 { 0x07 } else { 0 }
    })
}

fn cells_of(code: Barcode) -> [bool; CELLS] {
    let data = code.kind.bits() << 24 | (code.value % VALUE_LIMIT);
    let word = u64::from(data) << 8 | u64::from(crc8(data, 28));
    let mut cells = [false; CELLS];
    cells[0] = true;
    cells[CELLS - 1] = true;
    for (i, cell) in cells[2..CELLS - 2].iter_mut().enumerate() {
        *cell = word >> (35 - i) & 1 == 1;
    }
    cells
}

/// Draws `code` into the top rows of a luma plane of `width` x `height` bytes, row by row.
///
/// # Errors
/// [`BarcodeError::TooSmall`].
pub fn draw(luma: &mut [u8], width: usize, code: Barcode) -> Result<(), BarcodeError> {
    let height = luma.len() / width.max(1);
    check_size(width, height)?;
    let cells = cells_of(code);
    for row in luma.chunks_exact_mut(width).take(width / CELLS) {
        for (i, cell) in cells.iter().enumerate() {
            row[i * width / CELLS..(i + 1) * width / CELLS].fill(if *cell { WHITE } else { BLACK });
        }
    }
    Ok(())
}

/// Height of the strip in pixels, for frames of this width.
pub fn strip_height(width: usize) -> usize {
    width / CELLS
}

/// Reads the strip of a luma plane of `width` pixels a row.
///
/// # Errors
/// What makes the strip unreadable; a wrong number is never returned for a damaged strip, up to
/// the strength of an 8-bit checksum.
pub fn read(luma: &[u8], width: usize) -> Result<Barcode, BarcodeError> {
    let height = luma.len() / width.max(1);
    check_size(width, height)?;
    let means: Vec<f32> = (0..CELLS).map(|i| cell_mean(luma, width, i)).collect();
    let white = f32::midpoint(means[0], means[CELLS - 1]);
    let black = f32::midpoint(means[1], means[CELLS - 2]);
    if white - black < GUARD_CONTRAST {
        return Err(BarcodeError::NoGuards);
    }
    let mut word = 0_u64;
    for (i, mean) in means.iter().enumerate().take(CELLS - 2).skip(2) {
        let share = (mean - black) / (white - black);
        if (0.35..0.65).contains(&share) {
            return Err(BarcodeError::Unclear(i));
        }
        word = word << 1 | u64::from(share > 0.5);
    }
    let data = u32::try_from(word >> 8).unwrap_or(0);
    if u64::from(crc8(data, 28)) != word & 0xFF {
        return Err(BarcodeError::Checksum);
    }
    let kind = match data >> 24 {
        1 => Kind::FrameNumber,
        2 => Kind::ClockMs,
        other => return Err(BarcodeError::Kind(other)),
    };
    Ok(Barcode {
        kind,
        value: data % VALUE_LIMIT,
    })
}

fn check_size(width: usize, height: usize) -> Result<(), BarcodeError> {
    if width < CELLS * 4 || height < width / CELLS {
        return Err(BarcodeError::TooSmall { width, height });
    }
    Ok(())
}

/// Mean of the middle half of a cell: its rim is what compression and scaling smear.
fn cell_mean(luma: &[u8], width: usize, cell: usize) -> f32 {
    let size = width / CELLS;
    let left = cell * width / CELLS + size / 4;
    let side = size.div_ceil(2);
    let mut sum = 0_u32;
    for y in size / 4..size / 4 + side {
        let row = &luma[y * width + left..y * width + left + side];
        sum += row.iter().map(|value| u32::from(*value)).sum::<u32>();
    }
    sum as f32 / (side * side) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(width: usize, code: Barcode) -> Vec<u8> {
        let mut luma = vec![120; width * width / 2];
        draw(&mut luma, width, code).unwrap();
        luma
    }

    #[test]
    fn numbers_survive_at_any_width() {
        for width in [160, 162, 320, 636, 640, 1280, 1918] {
            for value in [0, 1, 0x00AA_AAAA, VALUE_LIMIT - 1] {
                for kind in [Kind::FrameNumber, Kind::ClockMs] {
                    let code = Barcode { kind, value };
                    assert_eq!(read(&plane(width, code), width), Ok(code), "{width}");
                }
            }
        }
    }

    #[test]
    fn one_flipped_cell_is_always_refused() {
        let width = 320;
        let code = Barcode {
            kind: Kind::FrameNumber,
            value: 1234,
        };
        for cell in 2..CELLS - 2 {
            let mut luma = plane(width, code);
            for row in luma.chunks_exact_mut(width).take(strip_height(width)) {
                for pixel in &mut row[cell * 8..cell * 8 + 8] {
                    *pixel = BLACK + WHITE - *pixel;
                }
            }
            assert_eq!(
                read(&luma, width),
                Err(BarcodeError::Checksum),
                "cell {cell}"
            );
        }
    }

    #[test]
    fn a_picture_without_a_strip_is_refused() {
        assert_eq!(read(&[90; 640 * 480], 640), Err(BarcodeError::NoGuards));
        assert_eq!(
            read(&[90; 100 * 100], 100),
            Err(BarcodeError::TooSmall {
                width: 100,
                height: 100
            })
        );
    }

    /// The TypeScript reader asserts the same word.
    #[test]
    fn layout_is_fixed() {
        let text: String = cells_of(Barcode {
            kind: Kind::FrameNumber,
            value: 299,
        })
        .iter()
        .map(|cell| if *cell { '1' } else { '0' })
        .collect();
        assert_eq!(text, "1000010000000000000001001010110110110001");
    }
}
