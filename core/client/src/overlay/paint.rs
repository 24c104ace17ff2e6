use super::text;
use sightline_frames::I420Frame;

/// How a line is painted.
#[derive(Debug, Clone, Copy)]
pub struct Brush {
    /// Colour as red, green, blue.
    pub color: [u8; 3],
    /// Half the width of the line in pixels.
    pub radius: f32,
    /// 0 to 1.
    pub opacity: f32,
}

/// A picture to paint on.
pub struct Canvas<'a> {
    frame: &'a mut I420Frame,
}

/// How much of each pixel of a rectangle is covered, 0 to 1.
struct Coverage {
    left: usize,
    top: usize,
    width: usize,
    values: Vec<f32>,
}

impl<'a> Canvas<'a> {
    pub fn new(frame: &'a mut I420Frame) -> Self {
        Self { frame }
    }

    /// Paints lines as one shape: where they cross, the paint does not double.
    pub fn lines(&mut self, lines: &[Vec<[f32; 2]>], brush: Brush) {
        let Some(mut coverage) = self.area(lines, brush.radius + 1.0) else {
            return;
        };
        for line in lines {
            match line[..] {
                [point] => coverage.segment(point, point, brush.radius),
                _ => line
                    .windows(2)
                    .for_each(|ends| coverage.segment(ends[0], ends[1], brush.radius)),
            }
        }
        self.blend(&coverage, brush);
    }

    /// Paints a text on a box, its baseline starting at `at`, letters `size` pixels high.
    pub fn label(&mut self, text: &str, at: [f32; 2], size: f32, color: [u8; 3], opacity: f32) {
        let scale = ((size / 8.0).round() as usize).max(1);
        let cells = text::cells(text);
        let (columns, rows) = (text::columns(&cells), text::rows(&cells));
        let pad = 2 * scale;
        let (width, height) = (columns * 8 * scale + 2 * pad, rows * 8 * scale + 2 * pad);
        let corner = [at[0] - pad as f32, at[1] - (8 * scale + pad) as f32];
        let far = [corner[0] + width as f32, corner[1] + height as f32];
        let Some(mut area) = self.area(&[vec![corner, far]], 0.0) else {
            return;
        };
        area.values.fill(1.0);
        self.blend(
            &area,
            Brush {
                color,
                radius: 0.0,
                opacity: opacity * 0.85,
            },
        );
        area.values.fill(0.0);
        let (left, top) = (corner[0] as isize, corner[1] as isize);
        for (column, row, glyph) in cells {
            for (y, bits) in glyph.iter().enumerate() {
                for x in (0..8).filter(|x| bits >> x & 1 == 1) {
                    let x0 = left + (pad + (column * 8 + x) * scale) as isize;
                    let y0 = top + (pad + (row * 8 + y) * scale) as isize;
                    area.fill(x0, y0, scale);
                }
            }
        }
        self.blend(
            &area,
            Brush {
                color: [255; 3],
                radius: 0.0,
                opacity,
            },
        );
    }

    /// The part of the picture that these points touch; none when they touch none of it.
    fn area(&self, lines: &[Vec<[f32; 2]>], margin: f32) -> Option<Coverage> {
        let points = || lines.iter().flatten();
        let edge = |axis: usize, limit: u32| {
            let low = points().map(|p| p[axis]).fold(f32::INFINITY, f32::min) - margin;
            let high = points().map(|p| p[axis]).fold(f32::NEG_INFINITY, f32::max) + margin;
            let (low, high) = (low.max(0.0).floor(), high.min(limit as f32).ceil());
            (low < high).then_some((low as usize, high as usize))
        };
        let (left, right) = edge(0, self.frame.width)?;
        let (top, bottom) = edge(1, self.frame.height)?;
        let width = right - left;
        Some(Coverage {
            left,
            top,
            width,
            values: vec![0.0; width * (bottom - top)],
        })
    }

    fn blend(&mut self, coverage: &Coverage, brush: Brush) {
        let (width, height) = (self.frame.width as usize, self.frame.height as usize);
        let [y, u, v] = yuv(brush.color);
        let (chroma_width, chroma_height) = (width.div_ceil(2), height.div_ceil(2));
        let (luma, chroma) = self.frame.data.split_at_mut(width * height);
        let (blue, red) = chroma.split_at_mut(chroma_width * chroma_height);
        for (index, covered) in coverage.values.iter().enumerate() {
            let alpha = covered * brush.opacity;
            if alpha <= 0.0 {
                continue;
            }
            let x = coverage.left + index % coverage.width;
            let row = coverage.top + index / coverage.width;
            mix(&mut luma[row * width + x], y, alpha);
            // One chroma sample serves four pixels; each of them adds its quarter.
            let at = row / 2 * chroma_width + x / 2;
            let share = 1.0 - (1.0 - alpha).powf(0.25);
            mix(&mut blue[at], u, share);
            mix(&mut red[at], v, share);
        }
    }
}

impl Coverage {
    /// Covers what lies within `radius` of the segment, with soft edges of one pixel.
    fn segment(&mut self, from: [f32; 2], to: [f32; 2], radius: f32) {
        let height = self.values.len() / self.width;
        let reach = radius + 1.0;
        let range = |axis: usize, start: usize, count: usize| {
            let low = from[axis].min(to[axis]) - reach - start as f32;
            let high = from[axis].max(to[axis]) + reach - start as f32;
            (low.max(0.0) as usize).min(count)..(high.max(0.0).ceil() as usize).min(count)
        };
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let length_squared = (dx * dx + dy * dy).max(1e-6);
        for y in range(1, self.top, height) {
            for x in range(0, self.left, self.width) {
                // The middle of the pixel, because pixel edges lie at whole numbers.
                let (px, py) = ((self.left + x) as f32 + 0.5, (self.top + y) as f32 + 0.5);
                let along = (px - from[0]) * dx + (py - from[1]) * dy;
                let share = (along / length_squared).clamp(0.0, 1.0);
                let distance = (px - from[0] - share * dx).hypot(py - from[1] - share * dy);
                let covered = (radius + 0.5 - distance).clamp(0.0, 1.0);
                let value = &mut self.values[y * self.width + x];
                *value = value.max(covered);
            }
        }
    }

    /// Covers a square of the picture, as far as it lies in this area.
    fn fill(&mut self, left: isize, top: isize, side: usize) {
        let height = self.values.len() / self.width;
        for y in top..top + side as isize {
            for x in left..left + side as isize {
                let (x, y) = (x - self.left as isize, y - self.top as isize);
                if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
                    && x < self.width
                    && y < height
                {
                    self.values[y * self.width + x] = 1.0;
                }
            }
        }
    }
}

fn mix(value: &mut u8, target: u8, share: f32) {
    let mixed = f32::from(*value) * (1.0 - share) + f32::from(target) * share;
    *value = mixed.round().clamp(0.0, 255.0) as u8;
}

/// ITU-R BT.601, limited range.
fn yuv([r, g, b]: [u8; 3]) -> [u8; 3] {
    let (r, g, b) = (f32::from(r), f32::from(g), f32::from(b));
    let y = 16.0 + 0.257 * r + 0.504 * g + 0.098 * b;
    let u = 128.0 - 0.148 * r - 0.291 * g + 0.439 * b;
    let v = 128.0 + 0.439 * r - 0.368 * g - 0.071 * b;
    [y, u, v].map(|value| value.round().clamp(0.0, 255.0) as u8)
}
