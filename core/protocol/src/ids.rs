use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// A string that is not an identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not an id that starts with {prefix:?} followed by 8 to 40 of a-z and 0-9")]
pub struct IdError {
    /// The prefix that was expected, such as `ses_`.
    pub prefix: &'static str,
    /// The text that was refused, cut to 60 characters.
    pub value: String,
}

fn check(prefix: &'static str, value: &str) -> Result<(), IdError> {
    let ok = value.strip_prefix(prefix).is_some_and(|rest| {
        (8..=40).contains(&rest.len())
            && rest
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    });
    if ok {
        Ok(())
    } else {
        Err(IdError {
            prefix,
            value: value.chars().take(60).collect(),
        })
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "[a-z0-9]{8,40}$"),
                })
            }
        }

        impl $name {
            /// The prefix of this kind of id.
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id from 16 random bytes; the caller owns the randomness.
            pub fn from_random(bytes: [u8; 16]) -> Self {
                const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
                let mut text = String::with_capacity($prefix.len() + 26);
                text.push_str($prefix);
                let mut bits: u32 = 0;
                let mut held = 0;
                for byte in bytes {
                    bits = (bits << 8) | u32::from(byte);
                    held += 8;
                    while held >= 5 {
                        held -= 5;
                        text.push(char::from(ALPHABET[(bits >> held & 31) as usize]));
                    }
                }
                Self(text)
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(value: &str) -> Result<Self, IdError> {
                check($prefix, value)?;
                Ok(Self(value.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(value: String) -> Result<Self, IdError> {
                check($prefix, &value)?;
                Ok(Self(value))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(/// A company.
    TenantId, "ten_");
id!(/// A person who can sign in to the dashboard.
    UserId, "usr_");
id!(/// One support conversation.
    SessionId, "ses_");
id!(/// A person or machine in a session.
    ParticipantId, "par_");
id!(/// Something to look at in a session.
    SurfaceId, "sur_");
id!(/// One drawing by one author.
    AnnotationId, "ann_");
id!(/// A still picture taken from a surface.
    SnapshotId, "snp_");
id!(/// An invitation into a session.
    InviteId, "inv_");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_made_from_random_bytes_parses_back() {
        let id = SessionId::from_random([7; 16]);
        assert_eq!(id.as_str().parse::<SessionId>().unwrap(), id);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(serde_json::from_str::<SessionId>(&json).unwrap(), id);
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let id = SessionId::from_random([7; 16]);
        assert!(id.as_str().parse::<SurfaceId>().is_err());
        assert!("ses_short".parse::<SessionId>().is_err());
        assert!("ses_UPPERCASE".parse::<SessionId>().is_err());
        assert!(serde_json::from_str::<SessionId>("\"ses_../../etc\"").is_err());
    }
}
