//! Just enough of STUN (RFC 8489) to tell whose connection a datagram wants to reach.

const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const USERNAME: u16 = 0x0006;
const HEADER: usize = 20;

/// The receiver's share of the USERNAME of a STUN message: the text before the colon (RFC 8445
/// section 7.2.2). None when the bytes are not STUN or carry no such name.
pub fn local_ufrag(datagram: &[u8]) -> Option<&str> {
    let (header, mut attributes) = datagram.split_at_checked(HEADER)?;
    if header[0] & 0xc0 != 0 || header[4..8] != MAGIC_COOKIE {
        return None;
    }
    while let Some((head, rest)) = attributes.split_at_checked(4) {
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let value = rest.get(..length)?;
        if kind == USERNAME {
            let name = std::str::from_utf8(value).ok()?;
            return name.split_once(':').map(|(local, _)| local);
        }
        attributes = rest.get(length.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        bytes.extend([7; 12]);
        for (kind, value) in attributes {
            bytes.extend(kind.to_be_bytes());
            bytes.extend((value.len() as u16).to_be_bytes());
            bytes.extend_from_slice(value);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        bytes
    }

    #[test]
    fn the_name_before_the_colon_is_found_behind_other_attributes() {
        let bytes = message(&[(0x8022, b"abc"), (USERNAME, b"mine:theirs")]);
        assert_eq!(local_ufrag(&bytes), Some("mine"));
    }

    #[test]
    fn anything_else_has_no_name() {
        assert_eq!(local_ufrag(&message(&[(0x8022, b"abc")])), None);
        assert_eq!(local_ufrag(&message(&[(USERNAME, b"nocolon")])), None);
        let mut rtp = message(&[(USERNAME, b"mine:theirs")]);
        rtp[0] = 0x80;
        assert_eq!(local_ufrag(&rtp), None);
        let whole = message(&[(USERNAME, b"mine:theirs")]);
        let end = whole.len() - 1;
        for cut in 0..end {
            assert_eq!(local_ufrag(&whole[..cut]), None, "cut at {cut}");
        }
    }
}
