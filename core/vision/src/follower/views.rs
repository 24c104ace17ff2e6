//! Remembering what a thing looks like from elsewhere.

use crate::anchor::Anchor;
use crate::frame::WorkFrame;
use crate::layer::Failure;
use crate::reference::Reference;
use crate::refine::Refined;
use std::sync::Arc;

/// Confidence and points from which a view is worth remembering.
const WELL_SEEN: (f32, usize) = (0.6, 24);
/// Confidence below which another view of what is not flat is worth its error.
const NEEDED: f32 = 0.8;

/// Remembers the present view when it is well seen and unlike the others.
pub(super) fn remember_view(
    anchor: &mut Anchor,
    refined: &Refined,
    frame: &WorkFrame,
) -> Result<(), Failure> {
    let (confidence, inliers) = WELL_SEEN;
    let well = refined.evidence.confidence > confidence && refined.evidence.inliers >= inliers;
    // A view of what is not flat tells its shape again, a little less well each time.
    let well = well && (refined.flat || refined.evidence.confidence < NEEDED);
    if !well || !anchor.wants_reference() {
        return Ok(());
    }
    let view = Reference::new(frame, &anchor.nodes, anchor.pose, Some(anchor.nodes))?;
    if let Ok(view) = view {
        let old = Arc::clone(anchor.reference());
        let pose = anchor.frame_from(&old);
        let relief = anchor.relief().as_ref();
        let relief = relief.and_then(|relief| relief.seen_from((&old, &pose), &view));
        if let Some(place) = anchor.reliefs.get_mut(anchor.references.len()) {
            *place = relief;
        }
        anchor.references.push(Arc::new(view));
    }
    Ok(())
}
