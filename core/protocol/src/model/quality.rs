//! How good a connection is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How good a participant's connection is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QualityLevel {
    /// Loss under 2 % and round trip under 200 ms.
    Good,
    /// Loss under 8 % and round trip under 500 ms.
    Fair,
    /// Worse than that.
    Weak,
}

/// One participant's measured connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quality {
    /// Round trip to the server in milliseconds.
    #[schemars(range(max = 60000))]
    pub rtt_ms: u32,
    /// Share of packets lost in the last interval, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub loss: f32,
    /// Frames a second shown or sent, 0 when none.
    #[schemars(range(min = 0.0, max = 240.0))]
    pub fps: f32,
    /// Why the device sends or tracks less than it could; none while it does not.
    #[serde(default)]
    pub saving: Option<Saving>,
}

/// Why a device does less than it could.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Saving {
    /// It is hot.
    Heat,
    /// Its battery is low.
    Battery,
    /// A reason of a newer protocol.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

impl Quality {
    /// The one word for these figures.
    pub fn level(&self) -> QualityLevel {
        if self.loss < 0.02 && self.rtt_ms < 200 {
            QualityLevel::Good
        } else if self.loss < 0.08 && self.rtt_ms < 500 {
            QualityLevel::Fair
        } else {
            QualityLevel::Weak
        }
    }
}
