//! Keeps VP8's own frame numbers on one line when a section changes its source.
//!
//! A browser's player orders frames by picture id (RFC 7741 section 4.2), and drops those of a new
//! source whose ids happen to lie behind the old one's: the picture would stand still.

use str0m::rtp::{Vp8Descriptor, Vp8Patch};

const PICTURE_ID: u16 = 0x7fff;

/// The picture ids of one subscriber's section.
#[derive(Debug, Default)]
pub struct PictureIds {
    line: u64,
    offset: u16,
    next: u16,
    layer_offset: u8,
    layer_next: u8,
}

impl PictureIds {
    /// What to change in a payload of this line; none when it can go out as it came. A new line
    /// continues right behind the last one.
    pub fn patch(&mut self, line: u64, payload: &[u8]) -> Option<Vp8Patch> {
        let descriptor = Vp8Descriptor::parse(payload).ok()?;
        let layer = descriptor.tl0_pic_idx();
        let (picture_id, layer) = self.map(line, descriptor.picture_id()?, layer);
        if self.offset == 0 && self.layer_offset == 0 {
            return None;
        }
        let builder = descriptor.patch().picture_id(picture_id);
        // A short id cannot take every number; such a payload goes out as it came.
        layer
            .map_or(builder, |layer| builder.tl0_pic_idx(layer))
            .build()
            .ok()
    }

    fn map(&mut self, line: u64, picture_id: u16, layer: Option<u8>) -> (u16, Option<u8>) {
        if self.line == 0 {
            // The first line of all stays as it is.
            self.next = picture_id;
            self.layer_next = layer.unwrap_or(0);
        } else if self.line != line {
            self.offset = self.next.wrapping_sub(picture_id) & PICTURE_ID;
            self.layer_offset = self.layer_next.wrapping_sub(layer.unwrap_or(0));
        }
        self.line = line;
        let picture_id = picture_id.wrapping_add(self.offset) & PICTURE_ID;
        if picture_id.wrapping_sub(self.next) & PICTURE_ID < PICTURE_ID / 2 {
            self.next = picture_id.wrapping_add(1) & PICTURE_ID;
        }
        let layer = layer.map(|layer| layer.wrapping_add(self.layer_offset));
        if let Some(layer) = layer
            && layer.wrapping_sub(self.layer_next) < u8::MAX / 2
        {
            self.layer_next = layer.wrapping_add(1);
        }
        (picture_id, layer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_source_continues_where_the_old_one_ended() {
        let mut ids = PictureIds::default();
        let mut map = |line, id, layer| ids.map(line, id, layer);
        assert_eq!(map(1, 32_766, Some(200)), (32_766, Some(200)));
        assert_eq!(map(1, 32_767, Some(255)), (32_767, Some(255)));
        assert_eq!(
            map(1, 0, Some(0)),
            (0, Some(0)),
            "the first line stays as it is"
        );
        assert_eq!(map(2, 20_000, Some(9)), (1, Some(1)));
        assert_eq!(map(2, 20_002, Some(10)), (3, Some(2)));
        assert_eq!(
            map(2, 20_001, Some(9)),
            (2, Some(1)),
            "a late packet keeps its place"
        );
        assert_eq!(map(3, 5, None), (4, None));
    }

    #[test]
    fn a_payload_is_patched_only_when_something_changes() {
        let payload = |id: u16| [0x90, 0x80, 0x80 | (id >> 8) as u8, id as u8, 0x01, 1, 2];
        let mut ids = PictureIds::default();
        assert_eq!(ids.patch(1, &payload(7)), None);
        assert!(ids.patch(2, &payload(900)).is_some());
        assert_eq!(ids.patch(2, &[0x10, 0, 1]), None, "no id");
        assert_eq!(ids.patch(3, &[]), None);
        assert_eq!(ids.patch(3, &[0x90, 0x80]), None, "cut short");
    }
}
