//! Binary frames; the layout is specified in `sightline_protocol::page`.

use axum::body::Bytes;
use sightline_protocol::page::{
    FRAME_ASSET, FRAME_CHANGES, FRAME_SNAPSHOT, TAB_HEADER, VIEW_HEADER,
};

const HASH: usize = 32;

/// A frame from a customer's tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TabFrame {
    /// What the page shows: everything, or what changed.
    Page {
        /// True for everything.
        snapshot: bool,
        flags: u8,
        body: Bytes,
    },
    /// A style sheet, picture or font with its name.
    Asset { hash: [u8; HASH], content: Bytes },
}

/// Bytes that are not a frame of a tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a frame of a shared page")]
pub struct BadFrame;

impl TabFrame {
    /// Reads one frame.
    ///
    /// # Errors
    /// [`BadFrame`] for anything too short or of an unknown kind.
    pub fn decode(bytes: &Bytes) -> Result<Self, BadFrame> {
        if bytes.len() <= TAB_HEADER {
            return Err(BadFrame);
        }
        let (kind, flags) = (bytes[0], bytes[1]);
        let body = bytes.slice(TAB_HEADER..);
        match kind {
            FRAME_SNAPSHOT | FRAME_CHANGES if flags <= 1 => Ok(Self::Page {
                snapshot: kind == FRAME_SNAPSHOT,
                flags,
                body,
            }),
            FRAME_ASSET if flags == 0 && body.len() > HASH => {
                let hash = body[..HASH].try_into().map_err(|_| BadFrame)?;
                let content = body.slice(HASH..);
                Ok(Self::Asset { hash, content })
            }
            _ => Err(BadFrame),
        }
    }
}

/// Writes a page frame for somebody who looks on.
pub fn for_viewer(tab: u16, at_ms: u32, snapshot: bool, flags: u8, body: &[u8]) -> Bytes {
    let kind = if snapshot {
        FRAME_SNAPSHOT
    } else {
        FRAME_CHANGES
    };
    let mut out = Vec::with_capacity(VIEW_HEADER + body.len());
    out.extend([kind, flags]);
    out.extend(tab.to_be_bytes());
    out.extend(at_ms.to_be_bytes());
    out.extend(body);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_frames_of_known_kinds_are_read() {
        let page = TabFrame::decode(&Bytes::from_static(&[1, 1, 7])).unwrap();
        let expected = TabFrame::Page {
            snapshot: true,
            flags: 1,
            body: Bytes::from_static(&[7]),
        };
        assert_eq!(page, expected);
        for bad in [
            &[][..],
            &[1],
            &[1, 0],
            &[9, 0, 1],
            &[2, 2, 1],
            &[3, 0, 1, 2],
        ] {
            assert_eq!(
                TabFrame::decode(&Bytes::copy_from_slice(bad)),
                Err(BadFrame)
            );
        }
        let mut asset = vec![3, 0];
        asset.extend([5; 32]);
        assert_eq!(
            TabFrame::decode(&asset.clone().into()),
            Err(BadFrame),
            "no content"
        );
        asset.push(1);
        assert!(matches!(
            TabFrame::decode(&asset.into()),
            Ok(TabFrame::Asset { .. })
        ));
    }

    #[test]
    fn the_viewers_header_has_the_documented_layout() {
        let frame = for_viewer(0x0102, 0x0304_0506, false, 1, b"x");
        assert_eq!(&frame[..], &[2, 1, 1, 2, 3, 4, 5, 6, b'x']);
    }
}
