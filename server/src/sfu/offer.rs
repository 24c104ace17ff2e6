//! Reads what the SFU needs to know out of an offer before the WebRTC library sees it, and takes
//! out what the SFU does not want to negotiate.

use super::{Published, SfuError};
use sightline_protocol::{TrackKind, limits};

/// Most media sections of one offer.
const SECTIONS: usize = 64;

/// One `m=` section.
#[derive(Debug, PartialEq, Eq)]
pub struct Section {
    pub mid: String,
    /// None for data channels.
    pub kind: Option<TrackKind>,
    /// The client sends in it.
    pub sends: bool,
}

/// An offer as far as the SFU reads it.
#[derive(Debug, PartialEq, Eq)]
pub struct Offer {
    /// The offer without candidates and simulcast.
    pub sdp: String,
    /// The client's DTLS fingerprint with its hash name; it names the connection.
    pub fingerprint: String,
    pub sections: Vec<Section>,
}

fn refuse(reason: impl Into<String>) -> SfuError {
    SfuError::Offer {
        reason: reason.into(),
    }
}

/// Reads an offer.
///
/// Candidates are taken out because an ICE-lite server learns addresses from the client's checks
/// (RFC 8445 section 2.5), and because browsers write names into them that only their own network
/// can look up. Simulcast is taken out so that the browser sends one layer.
///
/// # Errors
/// [`SfuError::Offer`] for a text that is too long or is not an offer.
pub fn read(sdp: &str) -> Result<Offer, SfuError> {
    if sdp.len() > limits::SDP_CHARS as usize {
        return Err(refuse(format!(
            "it has more than {} characters",
            limits::SDP_CHARS
        )));
    }
    let mut kept = String::with_capacity(sdp.len() + 2);
    let mut fingerprint = None;
    let mut sections: Vec<Section> = Vec::new();
    for line in sdp
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
    {
        if [
            "a=candidate:",
            "a=end-of-candidates",
            "a=simulcast:",
            "a=rid:",
        ]
        .iter()
        .any(|prefix| line.starts_with(prefix))
        {
            continue;
        }
        kept.push_str(line);
        kept.push_str("\r\n");
        if let Some(value) = line.strip_prefix("a=fingerprint:") {
            fingerprint.get_or_insert_with(|| value.to_ascii_lowercase());
        } else if let Some(media) = line.strip_prefix("m=") {
            if sections.len() == SECTIONS {
                return Err(refuse(format!("it has more than {SECTIONS} sections")));
            }
            sections.push(section(media));
        } else if let Some(section) = sections.last_mut() {
            attribute(section, line);
        }
    }
    let fingerprint = fingerprint.ok_or_else(|| refuse("it has no a=fingerprint"))?;
    if sections.is_empty() {
        return Err(refuse("it has no m= section"));
    }
    if sections.iter().any(|section| section.mid.is_empty()) {
        return Err(refuse("a section has no a=mid"));
    }
    Ok(Offer {
        sdp: kept,
        fingerprint,
        sections,
    })
}

/// A section starts as `sendrecv` (RFC 8866 section 6.7).
fn section(media: &str) -> Section {
    let kind = match media.split(' ').next() {
        Some("audio") => Some(TrackKind::Audio),
        Some("video") => Some(TrackKind::Video),
        _ => None,
    };
    Section {
        mid: String::new(),
        kind,
        sends: true,
    }
}

fn attribute(section: &mut Section, line: &str) {
    if let Some(mid) = line.strip_prefix("a=mid:") {
        section.mid = mid.to_owned();
        return;
    }
    match line {
        "a=sendrecv" | "a=sendonly" => section.sends = true,
        "a=recvonly" | "a=inactive" => section.sends = false,
        _ => {}
    }
}

impl Offer {
    /// Checks that everything published stands in the offer.
    ///
    /// # Errors
    /// [`SfuError::Section`] with the first that does not.
    pub fn check(&self, published: &[Published]) -> Result<(), SfuError> {
        for track in published {
            let found = self.sections.iter().any(|section| {
                section.mid == track.mid && section.kind == Some(track.kind) && section.sends
            });
            if !found {
                let mid = track.mid.chars().take(16).collect();
                return Err(SfuError::Section {
                    mid,
                    kind: track.kind,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n\
        a=group:BUNDLE 0 1\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\na=sendonly\r\n\
        a=fingerprint:SHA-256 AB:CD\r\na=candidate:1 1 udp 1 abc.local 5 typ host\r\n\
        a=rid:h send\r\na=simulcast:send h\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n";

    fn published(mid: &str, kind: TrackKind) -> Published {
        Published {
            mid: mid.to_owned(),
            kind,
            surface: None,
        }
    }

    #[test]
    fn candidates_and_simulcast_are_taken_out() {
        let offer = read(OFFER).unwrap();
        for gone in ["candidate", "rid:", "simulcast"] {
            assert!(OFFER.contains(gone) && !offer.sdp.contains(gone), "{gone}");
        }
        assert_eq!(offer.fingerprint, "sha-256 ab:cd");
        assert_eq!(offer.sections.len(), 2);
        assert_eq!(offer.sections[1].kind, None);
    }

    #[test]
    fn published_sections_have_to_stand_in_the_offer() {
        let offer = read(OFFER).unwrap();
        assert_eq!(offer.check(&[published("0", TrackKind::Video)]), Ok(()));
        for wrong in [
            published("0", TrackKind::Audio),
            published("7", TrackKind::Video),
        ] {
            let error = offer.check(std::slice::from_ref(&wrong)).unwrap_err();
            assert_eq!(
                error,
                SfuError::Section {
                    mid: wrong.mid,
                    kind: wrong.kind
                }
            );
        }
        let silent = read(&OFFER.replace("sendonly", "recvonly")).unwrap();
        assert!(silent.check(&[published("0", TrackKind::Video)]).is_err());
    }

    #[test]
    fn what_is_no_offer_is_refused() {
        assert!(read("").is_err());
        assert!(read("v=0\r\n").is_err());
        assert!(read(&OFFER.replace("a=mid:0\r\n", "")).is_err());
        assert!(read(&"m=video 9 x 96\r\n".repeat(9_000)).is_err());
    }
}
