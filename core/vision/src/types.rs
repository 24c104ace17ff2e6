//! What goes into the engine and what comes out.

/// One upright luma plane, borrowed for the length of one call.
#[derive(Debug, Clone, Copy)]
pub struct LumaFrame<'a> {
    /// RTP frame time, wrapping at 2^32.
    pub time: u32,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from one row's start to the next; at least `width`.
    pub stride: usize,
    /// `height` rows of 8-bit luma; the last row may end after `width` bytes.
    pub data: &'a [u8],
}

/// How the camera turned, as a gyroscope measures it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CameraTurn {
    /// Row-major 3x3 rotation of directions (x right, y down, z into the picture) from the camera
    /// at the frame pushed before to the camera at this one.
    pub new_from_old: [f32; 9],
    /// Focal length in shares of the frame's longer side; about 0.8 for a phone's main camera.
    pub focal: f32,
}

/// How the engine works; the default suits a phone's 30 frames a second.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Past frames kept for drawings that arrive late.
    pub ring_frames: usize,
    /// Longer side of the internal working frames in pixels.
    pub max_side: u32,
    /// Seed of every random choice: the same frames and seed give the same poses.
    pub seed: u64,
    /// Anchors at the same time.
    pub max_anchors: usize,
    /// Frames that may be held at the same time beyond the ring.
    pub max_held: usize,
    /// Largest distance between the asked frame time and the nearest kept frame, in RTP ticks.
    pub time_tolerance: u32,
    /// Frames between two relocalisations run inside [`crate::Engine::push_frame`] while an
    /// anchor is lost and nobody takes jobs; 0 switches them off.
    pub inline_relocalise_every: u32,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            ring_frames: 45,
            max_side: 640,
            seed: 0x5167_1174,
            max_anchors: 32,
            max_held: 4,
            time_tolerance: 1600,
            inline_relocalise_every: 3,
        }
    }
}

/// A drawing to be fixed to what it was drawn on.
#[derive(Debug, Clone)]
pub struct AttachRequest {
    /// The caller's number of the anchor; attaching an existing number replaces it.
    pub anchor: u32,
    /// Frame time of the frame that the author saw; `None` means the newest frame.
    pub frame_time: Option<u32>,
    /// The drawing's points `[x, y]` in shares of that frame's width and height. Points may lie
    /// a little outside 0..1.
    pub outline: Vec<[f32; 2]>,
}

/// An anchor was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Attached {
    /// The anchor's number.
    pub anchor: u32,
    /// Frame time of the frame it was attached to.
    pub frame_time: u32,
    /// The pose on the newest frame after the fast-forward; its status is `Lost` when the thing
    /// could not be followed to the newest frame.
    pub pose: AnchorPose,
}

/// Where one anchor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// The pose was verified against the frame that was drawn on.
    Tracking,
    /// The pose was verified, but by little: draw it faded.
    Uncertain,
    /// The thing is not seen: draw nothing.
    Lost,
}

/// Why a status changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The anchor is new.
    Attached,
    /// The thing was found again.
    FoundAgain,
    /// Something is in front of the thing, or the lens is covered.
    Occluded,
    /// The camera looks elsewhere.
    OutOfView,
    /// The picture is too blurred to tell.
    Blur,
    /// There is too little to hold on to.
    TooFewTexture,
    /// The surroundings are seen, but the thing is no longer there or has changed.
    Moved,
}

/// Where an anchor is on one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnchorPose {
    /// The anchor's number.
    pub anchor: u32,
    /// Whether and how to draw it on this frame.
    pub status: Status,
    /// Share of the surroundings that were recognised, 0 to 1.
    pub confidence: f32,
    /// Row-major 3x3, maps shares of the drawn-on frame to shares of this frame; h22 is 1. While
    /// `Lost` it is where the thing is thought to be, fit for an arrow and nothing else.
    pub homography: [f32; 9],
    /// What moves the drawing beyond the homography, where the thing is not flat.
    pub bend: Option<Bend>,
}

impl AnchorPose {
    /// Where a point of the drawn-on frame is on this frame, both in shares; `None` behind the
    /// camera.
    pub fn place(&self, point: [f64; 2]) -> Option<[f64; 2]> {
        let [x, y] = point;
        let h = self.homography.map(f64::from);
        let depth = h[6] * x + h[7] * y + h[8];
        let bend = self.bend.map(|bend| bend.at(point.map(|v| v as f32)));
        let [dx, dy] = bend.unwrap_or_default().map(f64::from);
        (depth > 1e-6).then(|| {
            [
                (h[0] * x + h[1] * y + h[2]) / depth + dx,
                (h[3] * x + h[4] * y + h[5]) / depth + dy,
            ]
        })
    }
}

/// How a drawing bends beyond its homography: shifts at the nodes of a grid over the drawing's
/// box, 5 across and 5 down. Between nodes a shift is interpolated linearly in both directions;
/// outside the box it is that of the nearest place on its rim.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bend {
    /// The box in shares of the drawn-on frame: left, top, right, bottom.
    pub over: [f32; 4],
    /// `[x, y]` in shares of this frame, added to where the homography puts the node; row by row.
    pub by: [[f32; 2]; 25],
}

impl Bend {
    /// The shift for a point in shares of the drawn-on frame.
    pub fn at(&self, point: [f32; 2]) -> [f32; 2] {
        let [left, top, right, bottom] = self.over;
        let cell = |v: f32, low: f32, high: f32| {
            let along = 4.0 * (v - low) / (high - low).max(1e-9);
            let along = along.clamp(0.0, 4.0);
            let first = (along as usize).min(3);
            (first, along - first as f32)
        };
        let (column, x) = cell(point[0], left, right);
        let (row, y) = cell(point[1], top, bottom);
        std::array::from_fn(|axis| {
            let node = |dx: usize, dy: usize| self.by[(row + dy) * 5 + column + dx][axis];
            let upper = node(0, 0) + x * (node(1, 0) - node(0, 0));
            let lower = node(0, 1) + x * (node(1, 1) - node(0, 1));
            upper + y * (lower - upper)
        })
    }
}

/// A status change of one anchor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StatusChange {
    /// The anchor's number.
    pub anchor: u32,
    /// Frame time of the frame on which it changed.
    pub time: u32,
    /// The new status.
    pub status: Status,
    /// Why.
    pub reason: Reason,
    /// The drawing's centre in shares of the frame, possibly outside 0..1: where it is, or, when
    /// lost, where it was last, extrapolated to where it left.
    pub last_seen: Option<[f32; 2]>,
}

/// What one frame brought.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameResult {
    /// Frame time of the frame.
    pub time: u32,
    /// One pose for each anchor, in the order of attaching.
    pub poses: Vec<AnchorPose>,
    /// Status changes since the previous frame.
    pub changes: Vec<StatusChange>,
}
