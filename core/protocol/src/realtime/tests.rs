use super::*;

fn poses(count: usize) -> RealtimePacket {
    let pose = Pose {
        anchor: 7,
        status: AnchorStatus::Uncertain,
        confidence: 200,
        homography: [1.0, 0.0, 0.25, 0.0, 1.0, -0.5, 0.0, 0.0],
        bend: None,
    };
    RealtimePacket::Poses(PosePacket {
        surface: 3,
        frame_time: u32::MAX - 5,
        age_ms: 84,
        poses: vec![pose; count],
    })
}

#[test]
fn packets_survive_a_round_trip() {
    let cursor = RealtimePacket::Cursor(CursorPacket {
        surface: 1,
        frame_time: Some(90_000),
        participant: 2,
        visible: true,
        x: 65_535,
        y: 0,
    });
    let clock = RealtimePacket::Clock(ClockPacket {
        surface: 1,
        frame_time: u32::MAX,
        unix_us: u64::MAX,
    });
    for packet in [poses(1), poses(POSES_PER_PACKET), cursor, clock] {
        let bytes = packet.encode().unwrap();
        assert!(bytes.len() <= 1_000, "a packet must fit one datagram");
        assert_eq!(RealtimePacket::decode(&bytes).unwrap(), packet);
    }
}

/// Three poses, the first and the last of which bend.
fn bent() -> PosePacket {
    let RealtimePacket::Poses(mut packet) = poses(3) else {
        unreachable!("poses are poses");
    };
    for (k, first) in [(0, 64.0), (2, -32_767.0)] {
        let mut by = [[0.0; 2]; BEND_NODES];
        by[0] = [first / 65_536.0, 0.0];
        by[BEND_NODES - 1] = [0.0, 0.125];
        let over = [0.25, -0.5, 0.75, 0.5];
        packet.poses[k].bend = Some(Bend { over, by });
    }
    packet
}

#[test]
fn bends_survive_a_round_trip() {
    let packet = RealtimePacket::Poses(bent());
    let bytes = packet.encode().unwrap();
    assert_eq!((bytes[1], bytes.len()), (2, 9 + 3 * 39 + 1 + 2 * 117));
    assert_eq!(RealtimePacket::decode(&bytes).unwrap(), packet);
    assert_eq!(
        poses(3).encode().unwrap()[1],
        1,
        "the flat ones stay as they were"
    );
}

#[test]
fn a_bend_moves_its_corners_fully_and_the_middle_between_them_by_half() {
    let mut bend = bent().poses[2].bend.unwrap();
    bend.by = [[0.0; 2]; BEND_NODES];
    bend.by[0] = [0.25, -0.5];
    bend.by[1] = [0.125, 0.0];
    assert_eq!(bend.at([0.25, -0.5]), [0.25, -0.5]);
    assert_eq!(bend.at([0.3125, -0.5]), [0.1875, -0.25]);
    assert_eq!(
        bend.at([-3.0, -3.0]),
        [0.25, -0.5],
        "the rim's outside of the box"
    );
    assert_eq!(bend.at([0.5, 0.0]), [0.0; 2]);
    assert_eq!(bend.at([f32::NAN, 0.0]).map(f32::is_nan), [true; 2]);
    let half = Bend::between(None, Some(&bend), 0.5).unwrap();
    assert_eq!(half.at([0.25, -0.5]), [0.125, -0.25]);
    assert_eq!(Bend::between(None, None, 0.5), None);
}

#[test]
fn bends_that_fit_no_pose_are_refused() {
    let bytes = RealtimePacket::Poses(bent()).encode().unwrap();
    let first = 9 + 3 * 39 + 1;
    let broken = |at: usize, value: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + value.len()].copy_from_slice(value);
        RealtimePacket::decode(&bytes)
    };
    for count in [0, 4, 255] {
        let refused = broken(first - 1, &[count]);
        assert_eq!(refused, Err(RealtimeError::Bend), "{count} bends");
    }
    assert_eq!(
        broken(first, &[3]),
        Err(RealtimeError::Bend),
        "no such pose"
    );
    assert_eq!(
        broken(first, &[2]),
        Err(RealtimeError::Bend),
        "the same twice"
    );
    let box_from = |side: f32| broken(first + 1, &side.to_be_bytes());
    assert_eq!(box_from(0.75), Err(RealtimeError::Bend), "no width");
    assert_eq!(box_from(f32::NAN), Err(RealtimeError::Bend));
    let kept = box_from(0.5).map(|packet| packet.encode());
    assert!(
        matches!(kept, Ok(Ok(_))),
        "the control: another box is fine"
    );
    for shift in [0.5, f32::NAN, f32::INFINITY] {
        let mut packet = bent();
        packet.poses[0].bend.as_mut().unwrap().by[3][1] = shift;
        let refused = RealtimePacket::Poses(packet).encode();
        assert_eq!(refused, Err(RealtimeError::Bend), "{shift}");
    }
}

#[test]
fn every_truncation_is_refused_without_a_panic() {
    for packet in [poses(2), RealtimePacket::Poses(bent())] {
        let bytes = packet.encode().unwrap();
        for cut in 0..bytes.len() {
            assert!(
                RealtimePacket::decode(&bytes[..cut]).is_err(),
                "cut at {cut}"
            );
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(RealtimePacket::decode(&longer).is_err());
    }
}

#[test]
fn counts_and_numbers_outside_the_limits_are_refused() {
    assert_eq!(poses(0).encode(), Err(RealtimeError::Count(0)));
    assert_eq!(poses(25).encode(), Err(RealtimeError::Count(25)));
    let mut bytes = poses(1).encode().unwrap();
    bytes[HEADER + 7..HEADER + 11].copy_from_slice(&f32::NAN.to_be_bytes());
    assert_eq!(
        RealtimePacket::decode(&bytes),
        Err(RealtimeError::NotFinite)
    );
    bytes[HEADER + 4] = 9;
    assert_eq!(
        RealtimePacket::decode(&bytes),
        Err(RealtimeError::Status(9))
    );
}
