//! What a person sees who gives the device wrong options.

use std::process::{Command, Output};

fn device(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sightline-device"))
        .args(arguments)
        .output()
        .unwrap()
}

fn refused(arguments: &[&str], expected: &str) {
    let output = device(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    assert!(said.contains(expected), "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn a_missing_camera_file_is_named() {
    let arguments = [
        "--camera",
        "no/such.mp4",
        "--invite",
        "http://127.0.0.1:9/j/#abcdefgh",
    ];
    refused(&arguments, "no/such.mp4");
    // Programs read the same from the standard output.
    let printed = String::from_utf8(device(&arguments).stdout).unwrap();
    let event: serde_json::Value = serde_json::from_str(printed.trim()).unwrap();
    assert_eq!(event["event"], "error");
    assert!(
        event["message"]
            .as_str()
            .unwrap()
            .contains("give a video file")
    );
}

#[test]
fn a_code_needs_a_server_and_nonsense_is_explained() {
    refused(&["--camera", "test", "--invite", "123456"], "--server");
    refused(&["--camera", "test", "--invite", "hello"], "6-digit code");
    let wrong_server = [
        "--camera", "test", "--invite", "123456", "--server", "nowhere",
    ];
    refused(&wrong_server, "https://support.example.com");
}

#[test]
fn a_server_that_does_not_answer_is_named() {
    // Port 9 (discard) is closed on any machine that has no use for it.
    let link = "http://127.0.0.1:9/j/#abcdefgh";
    refused(
        &["--camera", "test", "--invite", link],
        "http://127.0.0.1:9 does not answer",
    );
}

#[test]
fn the_control_the_help_is_printed() {
    let output = device(&["--help"]);
    assert!(output.status.success());
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("--record-view")
    );
}
