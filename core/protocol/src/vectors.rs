//! Golden vectors: one example of every message, written to `tests/vectors` and read by every
//! language, and the JSON Schema of everything.

mod client;
mod film;
mod nouns;
mod realtime;
mod server;

pub use client::{client_messages, refused_client_messages};
pub use film::film_parts;
pub use realtime::realtime_packets;
pub use server::server_messages;

use crate::*;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// The JSON Schema (draft 2020-12) with one definition a type; `ClientMessage`, `ServerMessage`
/// and the HTTP bodies are among them.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    generator.subschema_for::<ClientMessage>();
    generator.subschema_for::<ServerMessage>();
    generator.subschema_for::<http::ErrorBody>();
    generator.subschema_for::<http::SignInRequest>();
    generator.subschema_for::<http::OneTimeSignInRequest>();
    generator.subschema_for::<http::Me>();
    generator.subschema_for::<http::SessionList>();
    generator.subschema_for::<http::CreateSessionRequest>();
    generator.subschema_for::<http::CreateInviteRequest>();
    generator.subschema_for::<http::ClaimRequest>();
    generator.subschema_for::<http::SessionRecord>();
    generator.subschema_for::<http::Invite>();
    generator.subschema_for::<http::PreviewRequest>();
    generator.subschema_for::<http::InvitePreview>();
    generator.subschema_for::<http::AcceptRequest>();
    generator.subschema_for::<http::Joined>();
    generator.subschema_for::<page::TabMessage>();
    generator.subschema_for::<page::TabNotice>();
    generator.subschema_for::<page::ViewMessage>();
    generator.subschema_for::<page::ViewNotice>();
    generator.subschema_for::<page::CobrowseSettings>();
    let definitions = generator.take_definitions(true);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Sightline protocol",
        "x-protocol-version": PROTOCOL_VERSION,
        "x-limits": {
            "message_bytes": limits::MESSAGE_BYTES,
            "stroke_points": limits::STROKE_POINTS,
            "label_chars": limits::LABEL_CHARS,
            "chat_chars": limits::CHAT_CHARS,
            "name_chars": limits::NAME_CHARS,
            "title_chars": limits::TITLE_CHARS,
            "snapshot_bytes": limits::SNAPSHOT_BYTES,
            "poses_per_packet": limits::POSES_PER_PACKET,
        },
        "$defs": definitions,
    })
}

/// All generated files as path below the repository's root and content.
///
/// # Errors
/// When an example does not serialise, which a test would catch first.
pub fn generated_files() -> Result<Vec<(&'static str, String)>, Box<dyn std::error::Error>> {
    let pretty = |value: &Value| serde_json::to_string_pretty(value).map(|text| text + "\n");
    let refused: Vec<Value> = refused_client_messages()
        .into_iter()
        .map(|(text, code)| json!({ "text": text, "code": code }))
        .collect();
    Ok(vec![
        ("core/protocol/schema.json", pretty(&schema())?),
        (
            "tests/vectors/client_messages.json",
            pretty(&serde_json::to_value(client_messages())?)?,
        ),
        (
            "tests/vectors/server_messages.json",
            pretty(&serde_json::to_value(server_messages())?)?,
        ),
        (
            "tests/vectors/refused_client_messages.json",
            pretty(&Value::Array(refused))?,
        ),
        ("tests/vectors/realtime.json", pretty(&realtime_packets()?)?),
        ("tests/vectors/film.json", pretty(&film_parts())?),
    ])
}
