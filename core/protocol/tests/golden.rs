//! The golden vectors on disk are fresh, and read back into the same messages.

use sightline_protocol::{
    ClientMessage, ServerMessage, Validate, decode_client, decode_server, film::FilmPartBody,
    realtime::RealtimePacket, vectors,
};
use std::{fs, path::Path};

fn read(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn generated_files_are_fresh() {
    for (path, content) in vectors::generated_files().unwrap() {
        assert_eq!(read(path), content, "{path} is stale: run `make generate`");
    }
}

#[test]
fn every_client_vector_reads_back() {
    let texts: Vec<serde_json::Value> =
        serde_json::from_str(&read("tests/vectors/client_messages.json")).unwrap();
    let messages: Vec<ClientMessage> = texts
        .iter()
        .map(|value| decode_client(&value.to_string()).unwrap())
        .collect();
    assert_eq!(messages, vectors::client_messages());
}

#[test]
fn every_server_vector_reads_back_and_a_newer_one_is_unknown() {
    let texts: Vec<serde_json::Value> =
        serde_json::from_str(&read("tests/vectors/server_messages.json")).unwrap();
    let messages: Vec<ServerMessage> = texts
        .iter()
        .map(|value| decode_server(&value.to_string()).unwrap())
        .collect();
    assert_eq!(messages, vectors::server_messages());
    let newer = decode_server(r#"{"type":"from_the_future","x":1}"#).unwrap();
    assert_eq!(newer, ServerMessage::Unknown);
    assert!(newer.validate().is_ok());
}

#[test]
fn every_refused_vector_is_refused_with_its_code() {
    for (text, code) in vectors::refused_client_messages() {
        assert_eq!(decode_client(&text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn film_vectors_read_back() {
    let vectors: Vec<serde_json::Value> =
        serde_json::from_str(&read("tests/vectors/film.json")).unwrap();
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let bytes = unhex(vector["hex"].as_str().unwrap());
        let part = FilmPartBody::read(&bytes).unwrap();
        assert_eq!(u64::from(part.track), vector["track"]);
        let frames = vector["frames"].as_array().unwrap();
        assert_eq!(part.frames.len(), frames.len());
        for (frame, expected) in part.frames.iter().zip(frames) {
            assert_eq!(u64::from(frame.at_ms), expected["at_ms"]);
            assert_eq!(u64::from(frame.frame_time), expected["frame_time"]);
            assert_eq!(frame.keyframe, expected["keyframe"]);
            assert_eq!(u64::from(frame.turns), expected["turns"]);
            assert_eq!(frame.data, unhex(expected["data"].as_str().unwrap()));
        }
        let poses = vector["poses"].as_array().unwrap();
        assert_eq!(part.said.len(), poses.len());
        for (pose, expected) in part.said.iter().zip(poses) {
            assert_eq!(u64::from(pose.at_ms), expected["at_ms"]);
            assert_eq!(pose.packet, unhex(expected["packet"].as_str().unwrap()));
        }
    }
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2)
        .map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
        .collect()
}

#[test]
fn realtime_vectors_read_back() {
    let vectors: Vec<serde_json::Value> =
        serde_json::from_str(&read("tests/vectors/realtime.json")).unwrap();
    assert_eq!(vectors.len(), 4);
    for vector in vectors {
        let hex = vector["hex"].as_str().unwrap();
        let bytes = unhex(hex);
        let packet = RealtimePacket::decode(&bytes).unwrap();
        assert_eq!(packet.encode().unwrap(), bytes);
    }
}
