/// Stages of weak classifiers over local binary patterns.
#[derive(Debug)]
pub struct Cascade {
    /// Size of its window in pixels.
    pub width: usize,
    pub height: usize,
    stages: Vec<Stage>,
}

#[derive(Debug)]
struct Stage {
    threshold: f32,
    weak: Vec<Weak>,
}

#[derive(Debug)]
struct Weak {
    /// Left, top, width and height of the first of three by three blocks.
    blocks: [usize; 4],
    /// One bit for each of the 256 patterns.
    patterns: [u32; 8],
    /// What it says when the pattern is among them, and when not.
    says: [f32; 2],
}

/// Largest window and most stages, classifiers and features that are read.
const WINDOW: usize = 64;
const MOST: usize = 4_096;

/// What stands between each `<name>` and the next `</name>`, in order.
fn elements<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(&open)? + open.len();
        let end = start + rest[start..].find(&close)?;
        let inside = &rest[start..end];
        rest = &rest[end..];
        Some(inside)
    })
    .take(MOST)
}

fn numbers<T: std::str::FromStr>(text: &str) -> Option<Vec<T>> {
    text.split_whitespace()
        .map(|word| word.parse().ok())
        .collect()
}

fn number<T: std::str::FromStr>(text: &str, name: &str) -> Option<T> {
    elements(text, name).next()?.trim().parse().ok()
}

impl Cascade {
    /// Reads what OpenCV's training tool wrote.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if elements(text, "featureType").next().map(str::trim) != Some("LBP") {
            return Err("its features are of another kind");
        }
        let (width, height) = (number(text, "width"), number(text, "height"));
        let (Some(width), Some(height)) = (width, height) else {
            return Err("no size of its window");
        };
        if !(3..=WINDOW).contains(&width) || !(3..=WINDOW).contains(&height) {
            return Err("the size of its window");
        }
        let features = elements(text, "rect")
            .map(|rect| <[usize; 4]>::try_from(numbers(rect)?).ok())
            .collect::<Option<Vec<_>>>()
            .ok_or("a feature is no four numbers")?;
        let inside = |f: &[usize; 4]| {
            f.iter().all(|n| *n <= WINDOW)
                && f[2] > 0
                && f[3] > 0
                && f[0] + 3 * f[2] <= width
                && f[1] + 3 * f[3] <= height
        };
        if !features.iter().all(inside) {
            return Err("a feature lies outside of its window");
        }
        let parts: Vec<&str> = text.split("<stageThreshold>").skip(1).take(MOST).collect();
        let stages = parts
            .into_iter()
            .map(|part| Stage::parse(part, &features))
            .collect::<Option<Vec<_>>>()
            .ok_or("a stage cannot be read")?;
        if stages.is_empty() {
            return Err("it has no stages");
        }
        Ok(Self {
            width,
            height,
            stages,
        })
    }

    /// Whether the window at this place shows what the cascade was taught.
    pub fn is_face(&self, picture: &Integral, x: usize, y: usize) -> bool {
        self.stages.iter().all(|stage| {
            let said: f32 = stage.weak.iter().map(|weak| weak.say(picture, x, y)).sum();
            // Thresholds are stored rounded; the tool that wrote them allows the same.
            said >= stage.threshold - 1e-5
        })
    }
}

impl Stage {
    /// Reads from behind `<stageThreshold>`.
    fn parse(text: &str, features: &[[usize; 4]]) -> Option<Self> {
        let threshold = text
            .split("</stageThreshold>")
            .next()?
            .trim()
            .parse()
            .ok()?;
        let nodes = elements(text, "internalNodes");
        let leaves = elements(text, "leafValues");
        let weak: Vec<Weak> = nodes
            .zip(leaves)
            .map(|(node, leaf)| {
                let node: Vec<i64> = numbers(node)?;
                let [0, -1, feature, patterns @ ..] = &node[..] else {
                    return None;
                };
                let patterns: Vec<u32> = patterns
                    .iter()
                    .map(|bits| i32::try_from(*bits).ok().map(i32::cast_unsigned))
                    .collect::<Option<_>>()?;
                Some(Weak {
                    blocks: *features.get(usize::try_from(*feature).ok()?)?,
                    patterns: patterns.try_into().ok()?,
                    says: numbers(leaf)?.try_into().ok()?,
                })
            })
            .collect::<Option<_>>()?;
        (!weak.is_empty()).then_some(Self { threshold, weak })
    }
}

impl Weak {
    fn say(&self, picture: &Integral, x: usize, y: usize) -> f32 {
        let [left, top, width, height] = self.blocks;
        let block = |column: usize, row: usize| {
            picture.sum(
                x + left + column * width,
                y + top + row * height,
                width,
                height,
            )
        };
        let middle = block(1, 1);
        // Clockwise from the top left, the highest bit first.
        const AROUND: [(usize, usize); 8] = [
            (0, 0),
            (1, 0),
            (2, 0),
            (2, 1),
            (2, 2),
            (1, 2),
            (0, 2),
            (0, 1),
        ];
        let pattern = AROUND.iter().fold(0usize, |pattern, (column, row)| {
            pattern << 1 | usize::from(block(*column, *row) >= middle)
        });
        let among = self.patterns[pattern >> 5] >> (pattern & 31) & 1 == 1;
        self.says[usize::from(!among)]
    }
}

/// Sums of all pixels above and left of each, so that the sum of a block costs four look-ups.
pub struct Integral {
    sums: Vec<u32>,
    stride: usize,
}

impl Integral {
    /// Of a picture without padding.
    pub fn new(pixels: &[u8], width: usize) -> Self {
        let stride = width + 1;
        let mut sums = vec![0; stride];
        for (y, row) in pixels.chunks_exact(width.max(1)).enumerate() {
            let mut line = 0u32;
            sums.push(0);
            for (x, pixel) in row.iter().enumerate() {
                line += u32::from(*pixel);
                sums.push(sums[y * stride + x + 1] + line);
            }
        }
        Self { sums, stride }
    }

    fn sum(&self, x: usize, y: usize, width: usize, height: usize) -> u32 {
        let at = |x: usize, y: usize| self.sums[y * self.stride + x];
        let corners = at(x + width, y + height) + at(x, y);
        corners - at(x + width, y) - at(x, y + height)
    }
}
