use crate::{HOLDS_PER_PARTICIPANT, Refusal};
use sightline_protocol::{FrameTime, ParticipantId, SurfaceId};

/// One held frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Which surface.
    pub surface: SurfaceId,
    /// Which frame.
    pub frame_time: FrameTime,
    /// Who draws on it.
    pub by: ParticipantId,
}

/// Frames that somebody draws on while frozen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holds {
    held: Vec<Hold>,
}

impl Holds {
    /// Holds or lets go; false when nothing changes.
    ///
    /// # Errors
    /// [`Refusal::LimitReached`].
    pub fn set(&mut self, hold: Hold, on: bool) -> Result<bool, Refusal> {
        let there = self.held.contains(&hold);
        if there == on {
            return Ok(false);
        }
        if !on {
            self.held.retain(|h| *h != hold);
            return Ok(true);
        }
        if self.held.iter().filter(|h| h.by == hold.by).count() >= HOLDS_PER_PARTICIPANT {
            return Err(Refusal::LimitReached {
                what: "held frames for each participant",
                limit: HOLDS_PER_PARTICIPANT,
            });
        }
        self.held.push(hold);
        Ok(true)
    }

    /// Lets go of everything that one participant holds, and tells what it was.
    pub fn release_of(&mut self, by: &ParticipantId) -> Vec<Hold> {
        let (gone, kept) = self.held.drain(..).partition(|h| h.by == *by);
        self.held = kept;
        gone
    }

    /// Forgets the holds on a surface that is gone.
    pub fn forget_surface(&mut self, surface: &SurfaceId) {
        self.held.retain(|h| h.surface != *surface);
    }

    /// Holds on one surface.
    pub fn on(&self, surface: &SurfaceId) -> impl Iterator<Item = &Hold> {
        self.held.iter().filter(move |h| h.surface == *surface)
    }
}
