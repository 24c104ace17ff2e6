//! What the person at the device does, as lines on standard input: `--control`.

use sightline_client::device::Command;
use sightline_media::privacy::{Privacy, Region};
use std::{io::BufRead, sync::Arc};
use tokio::sync::mpsc;

/// One line.
#[derive(Debug, PartialEq)]
enum Line {
    Hide(Region),
    Show,
    Microphone(bool),
    /// With the days for which the film is kept, when the person agrees to that.
    Consent(bool, Option<u16>),
    Pause(bool),
}

const HELP: &str = "hide LEFT,TOP,WIDTH,HEIGHT | show | microphone on|off | \
                    consent on [DAYS OF FILM]|off | \
                    pause | resume";

impl std::str::FromStr for Line {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let switch = |word: &str| match word {
            "on" => Ok(true),
            "off" => Ok(false),
            _ => Err(format!("{word:?} is neither on nor off")),
        };
        match text.trim().split_once(' ').unwrap_or((text.trim(), "")) {
            ("hide", region) => region.parse().map(Self::Hide).map_err(|e| format!("{e}")),
            ("show", "") => Ok(Self::Show),
            ("microphone", word) => switch(word).map(Self::Microphone),
            ("consent", word) => match word.strip_prefix("on ") {
                Some(days) => match days.trim().parse() {
                    Ok(days) => Ok(Self::Consent(true, Some(days))),
                    Err(_) => Err(format!("{days:?} is not a number of days")),
                },
                None => switch(word).map(|on| Self::Consent(on, None)),
            },
            ("pause", "") => Ok(Self::Pause(true)),
            ("resume", "") => Ok(Self::Pause(false)),
            _ => Err(format!("the device knows {HELP}")),
        }
    }
}

/// Reads lines in a thread of its own, because reading one cannot be cancelled.
pub fn listen(privacy: Arc<Privacy>, drawn: Vec<Region>, commands: mpsc::Sender<Command>) {
    std::thread::spawn(move || {
        let mut drawn = drawn;
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let command = match line.parse() {
                Ok(Line::Hide(region)) => {
                    drawn.push(region);
                    hide(&privacy, &mut drawn);
                    continue;
                }
                Ok(Line::Show) => {
                    drawn.clear();
                    hide(&privacy, &mut drawn);
                    continue;
                }
                Ok(Line::Microphone(on)) => Command::Microphone(on),
                Ok(Line::Consent(granted, film_days)) => Command::Consent { granted, film_days },
                Ok(Line::Pause(paused)) => Command::Pause(paused),
                Err(reason) => {
                    tracing::warn!("{reason}");
                    continue;
                }
            };
            if commands.blocking_send(command).is_err() {
                return;
            }
        }
    });
}

fn hide(privacy: &Privacy, drawn: &mut Vec<Region>) {
    if let Err(error) = privacy.set_drawn(drawn.clone()) {
        tracing::warn!("{error}");
        drawn.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood_or_answered_with_what_is() {
        let region = Region::new(0.1, 0.2, 0.3, 0.4).unwrap();
        for (text, line) in [
            ("hide 0.1,0.2,0.3,0.4", Line::Hide(region)),
            (" show ", Line::Show),
            ("microphone on", Line::Microphone(true)),
            ("consent off", Line::Consent(false, None)),
            ("consent on", Line::Consent(true, None)),
            ("consent on 30", Line::Consent(true, Some(30))),
            ("resume", Line::Pause(false)),
        ] {
            assert_eq!(text.parse(), Ok(line), "{text}");
        }
        for text in [
            "",
            "hide",
            "hide 1,2",
            "microphone",
            "dance",
            "consent on x",
        ] {
            assert!(text.parse::<Line>().is_err(), "{text}");
        }
    }
}
