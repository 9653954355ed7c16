//! Two people at one case: what somebody did not know when they pressed the button.

use super::event::{By, Event, Recorded};

/// The events after `seen` that a writer has to know of before acting: what staff did and what the requester
/// sent. Events of the system itself (a mail accepted, clocks started) surprise nobody.
#[must_use]
pub fn unseen(events: &[Recorded], seen: i64) -> Vec<&Recorded> {
    events
        .iter()
        .filter(|r| r.seq > seen)
        .filter(|r| match r.by {
            By::Staff(_) => true,
            By::Requester => matches!(r.event, Event::MessageReceived { .. } | Event::StatementRecorded { .. }),
            By::System => false,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mail::Verdict;
    use crate::domain::{
        identity::{ContentId, MessageId, StaffId},
        time::Instant,
    };

    #[test]
    fn system_events_are_no_surprise_but_people_are() {
        let event = |seq, by, event| Recorded { seq, at: Instant(0), by, event };
        let events = [
            event(1, By::System, Event::NoteAdded { content: ContentId(1) }),
            event(2, By::Staff(StaffId(1)), Event::NoteAdded { content: ContentId(1) }),
            event(3, By::System, Event::ClocksStarted { pack: String::new(), clocks: vec![] }),
            event(
                4,
                By::Requester,
                Event::MessageReceived {
                    message: MessageId(1),
                    content: ContentId(2),
                    automatic: false,
                    dmarc: Verdict::default(),
                },
            ),
        ];
        let seqs = |seen| unseen(&events, seen).iter().map(|r| r.seq).collect::<Vec<_>>();
        assert_eq!(seqs(0), [2, 4]);
        assert_eq!(seqs(2), [4]);
        assert!(seqs(4).is_empty());
    }
}
