use sightline_protocol::{ParticipantId, Surface, SurfaceId, SurfaceKind};

/// The lasting name of a surface: the same owner's camera keeps its id and number when it is
/// stopped and shown again, so drawings find it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurfaceName {
    /// Which.
    pub id: SurfaceId,
    /// Short number, from 1.
    pub number: u16,
    /// Who publishes it.
    pub owner: ParticipantId,
    /// What it shows.
    pub kind: SurfaceKind,
}

/// Names given so far, and what is published now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surfaces {
    names: Vec<SurfaceName>,
    published: Vec<Surface>,
}

impl Surfaces {
    /// The lasting name of this owner's surface of this kind.
    pub fn name_of(&self, owner: &ParticipantId, kind: SurfaceKind) -> Option<&SurfaceName> {
        self.names
            .iter()
            .find(|n| n.owner == *owner && n.kind == kind)
    }

    /// Gives a lasting name; numbers count from 1.
    pub fn give_name(&mut self, id: SurfaceId, owner: ParticipantId, kind: SurfaceKind) -> u16 {
        let number = self.names.len() as u16 + 1;
        self.names.push(SurfaceName {
            id,
            number,
            owner,
            kind,
        });
        number
    }

    /// All names given.
    pub fn names(&self) -> &[SurfaceName] {
        &self.names
    }

    /// What is published now, oldest first.
    pub fn published(&self) -> &[Surface] {
        &self.published
    }

    /// A published surface.
    pub fn get(&self, id: &SurfaceId) -> Option<&Surface> {
        self.published.iter().find(|s| s.id == *id)
    }

    /// A published surface, to change.
    pub fn get_mut(&mut self, id: &SurfaceId) -> Option<&mut Surface> {
        self.published.iter_mut().find(|s| s.id == *id)
    }

    /// Publishes, or updates what is published under the same id.
    pub fn put(&mut self, surface: Surface) {
        match self.get_mut(&surface.id) {
            Some(old) => *old = surface,
            None => self.published.push(surface),
        }
    }

    /// Takes a surface away; true when it was there.
    pub fn remove(&mut self, id: &SurfaceId) -> bool {
        let before = self.published.len();
        self.published.retain(|s| s.id != *id);
        self.published.len() != before
    }

    /// Published surfaces of one owner.
    pub fn of(&self, owner: &ParticipantId) -> Vec<SurfaceId> {
        self.published
            .iter()
            .filter(|s| s.owner == *owner)
            .map(|s| s.id.clone())
            .collect()
    }
}
