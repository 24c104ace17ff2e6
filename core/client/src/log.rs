use sightline_protocol::{
    AnchorNo, Annotation, AnnotationEvent, AnnotationId, AnnotationOp, ParticipantId,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a step of the log changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A new drawing.
    Added(Annotation),
    /// A drawing disappeared.
    Hidden(Annotation),
    /// A hidden drawing came back.
    Shown(Annotation),
}

/// A step of the log that took effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// Whose it is.
    pub by: ParticipantId,
    /// What its author calls it.
    pub client_id: String,
    /// Number of the anchor of a new drawing.
    pub anchor: Option<AnchorNo>,
}

/// What came of a batch of steps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Applied {
    /// The steps that took effect, in the order of the log.
    pub done: Vec<Done>,
    /// The changes in the order of the log, each with its position.
    pub changes: Vec<(u32, Change)>,
    /// Steps are missing: ask with `annotation_sync` for those after this one. Told once a gap.
    pub missing_after: Option<u32>,
}

/// Brings the steps of the annotation log, which may come over two pipes and twice, into their one
/// order.
#[derive(Debug, Default)]
pub struct AnnotationLog {
    applied: u32,
    asked_after: Option<u32>,
    waiting: BTreeMap<u32, AnnotationEvent>,
    by_anchor: BTreeMap<AnchorNo, Annotation>,
    anchor_of: HashMap<AnnotationId, AnchorNo>,
    hidden: HashSet<AnchorNo>,
}

/// Steps kept while an earlier one is missing; beyond it the latest are forgotten and asked again.
const WAITING: usize = 4_096;

impl AnnotationLog {
    /// Takes steps in any order and applies those whose turn it is.
    pub fn push(&mut self, events: Vec<AnnotationEvent>) -> Applied {
        for event in events {
            if event.seq > self.applied {
                self.waiting.insert(event.seq, event);
            }
        }
        while self.waiting.len() > WAITING {
            self.waiting.pop_last();
        }
        let mut applied = Applied::default();
        while let Some(event) = self.waiting.remove(&(self.applied + 1)) {
            self.applied = event.seq;
            applied.done.push(Done {
                by: event.by,
                client_id: event.client_id,
                anchor: match &event.op {
                    AnnotationOp::Added { annotation } => Some(annotation.anchor),
                    _ => None,
                },
            });
            let changes = self.apply(event.op);
            applied
                .changes
                .extend(changes.into_iter().map(|change| (event.seq, change)));
        }
        // Asking again with every step that arrives behind a gap would only multiply the answers.
        let gap = (!self.waiting.is_empty()).then_some(self.applied);
        applied.missing_after = gap.filter(|after| self.asked_after != Some(*after));
        self.asked_after = gap;
        applied
    }

    fn apply(&mut self, op: AnnotationOp) -> Vec<Change> {
        match op {
            AnnotationOp::Added { annotation } => {
                self.anchor_of
                    .insert(annotation.id.clone(), annotation.anchor);
                self.by_anchor.insert(annotation.anchor, annotation.clone());
                vec![Change::Added(annotation)]
            }
            AnnotationOp::Hidden { ids } => self.switch(&ids, true),
            AnnotationOp::Shown { ids } => self.switch(&ids, false),
            AnnotationOp::Unknown => Vec::new(),
        }
    }

    fn switch(&mut self, ids: &[AnnotationId], hide: bool) -> Vec<Change> {
        let mut changes = Vec::new();
        for anchor in ids.iter().filter_map(|id| self.anchor_of.get(id)) {
            let changed = if hide {
                self.hidden.insert(*anchor)
            } else {
                self.hidden.remove(anchor)
            };
            if let (true, Some(annotation)) = (changed, self.by_anchor.get(anchor)) {
                let annotation = annotation.clone();
                changes.push(if hide {
                    Change::Hidden(annotation)
                } else {
                    Change::Shown(annotation)
                });
            }
        }
        changes
    }

    /// Position of the last applied step, 0 for none.
    pub fn last_seq(&self) -> u32 {
        self.applied
    }

    /// The drawings that are visible, oldest first.
    pub fn visible(&self) -> impl Iterator<Item = &Annotation> {
        self.by_anchor
            .values()
            .filter(|annotation| !self.hidden.contains(&annotation.anchor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_protocol::{Attach, ParticipantId, Shape, SurfaceId};

    fn id(n: u32) -> AnnotationId {
        AnnotationId::from_random([n as u8; 16])
    }

    fn event(seq: u32, op: AnnotationOp) -> AnnotationEvent {
        let by = ParticipantId::from_random([1; 16]);
        AnnotationEvent {
            seq,
            at_ms: seq,
            by,
            client_id: format!("c{seq}"),
            op,
        }
    }

    fn added(seq: u32) -> AnnotationEvent {
        let annotation = Annotation {
            id: id(seq),
            anchor: seq,
            author: ParticipantId::from_random([1; 16]),
            surface: SurfaceId::from_random([2; 16]),
            frame_time: Some(7),
            attach: Attach::World,
            node: None,
            shape: Shape::Arrow {
                from: [0.0; 2],
                to: [1.0; 2],
            },
            width: 0.01,
        };
        event(seq, AnnotationOp::Added { annotation })
    }

    fn anchors(log: &AnnotationLog) -> Vec<u32> {
        log.visible().map(|annotation| annotation.anchor).collect()
    }

    #[test]
    fn steps_wait_for_the_gap_before_them() {
        let mut log = AnnotationLog::default();
        let late = log.push(vec![added(3), added(1)]);
        assert_eq!(late.changes.len(), 1);
        let done = |applied: &Applied| -> Vec<Option<u32>> {
            applied.done.iter().map(|done| done.anchor).collect()
        };
        assert_eq!(
            done(&late),
            [Some(1)],
            "the third waits, and so does its author"
        );
        assert_eq!(late.missing_after, Some(1));
        assert_eq!(anchors(&log), [1]);
        let filled = log.push(vec![added(2)]);
        assert_eq!(
            filled
                .changes
                .iter()
                .map(|(seq, _)| *seq)
                .collect::<Vec<_>>(),
            [2, 3]
        );
        assert_eq!(done(&filled), [Some(2), Some(3)]);
        assert_eq!(filled.missing_after, None);
    }

    #[test]
    fn the_golden_vectors_hold() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/vectors/board/log.json"
        );
        let mut text = std::fs::read_to_string(path).unwrap();
        for n in 1..=4 {
            // The vectors' short ids are readable, but none that a server gives.
            text = text.replace(&format!("ann_aaaaaaaaaa{n}"), id(n).as_str());
        }
        let vectors: serde_json::Value = serde_json::from_str(&text).unwrap();
        let cases = vectors["cases"].as_array().unwrap();
        assert!(cases.len() >= 4);
        for case in cases {
            let mut log = AnnotationLog::default();
            for (at, batch) in case["batches"].as_array().unwrap().iter().enumerate() {
                let name = format!("{}, batch {at}", case["name"]);
                let events = serde_json::from_value(batch["events"].clone()).unwrap();
                let applied = log.push(events);
                assert_eq!(log.last_seq(), batch["seq"], "{name}");
                let visible: Vec<&str> = log.visible().map(|a| a.id.as_str()).collect();
                assert_eq!(serde_json::json!(visible), batch["visible"], "{name}");
                let missing = serde_json::json!(applied.missing_after);
                assert_eq!(missing, batch["sync_after"], "{name}");
            }
        }
    }

    #[test]
    fn a_step_that_comes_twice_counts_once() {
        let mut log = AnnotationLog::default();
        log.push(vec![added(1), added(2)]);
        assert_eq!(log.push(vec![added(2), added(1)]), Applied::default());
        assert_eq!(log.last_seq(), 2);
    }

    #[test]
    fn hidden_drawings_come_back_and_order_does_not_matter() {
        let hide = event(
            3,
            AnnotationOp::Hidden {
                ids: vec![id(1), id(2), id(9)],
            },
        );
        let show = event(4, AnnotationOp::Shown { ids: vec![id(2)] });
        let unknown = event(5, AnnotationOp::Unknown);
        let all = vec![added(1), added(2), hide, show, unknown, added(6)];
        let mut forwards = AnnotationLog::default();
        for event in all.clone() {
            forwards.push(vec![event]);
        }
        let mut backwards = AnnotationLog::default();
        for event in all.into_iter().rev() {
            backwards.push(vec![event]);
        }
        assert_eq!(anchors(&forwards), [2, 6]);
        assert_eq!(anchors(&backwards), [2, 6]);
        assert_eq!(forwards.last_seq(), 6);
    }

    #[test]
    fn a_flood_of_later_steps_is_bounded() {
        let mut log = AnnotationLog::default();
        log.push((2..10_000).map(added).collect());
        assert_eq!(log.waiting.len(), WAITING);
        assert_eq!(log.push(vec![added(1)]).changes.len(), WAITING);
        assert_eq!(
            log.last_seq() as usize,
            WAITING,
            "the rest must be asked again"
        );
    }
}
