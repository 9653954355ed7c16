//! One entry, and the exact bytes by which it is hashed. Says what an entry is made of; never what was written where.

use super::{AuditAction, Who};
use crate::domain::{
    identity::{Reference, StaffId},
    rights::Doer,
    time::Instant,
};

/// The first bytes of every entry: another form of entries gets another name.
pub const FORMAT: &str = "recourse-audit-1";

/// What stands in an object before the number of the colleague for whom somebody acted.
const INSTEAD_OF: &str = "instead of ";

/// An entry that waits for its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Instant,
    /// Whose doing.
    pub who: Who,
    /// Which member of staff.
    pub staff: Option<StaffId>,
    /// For whom, where somebody stood in for a colleague who was away: it stands with the object.
    pub instead_of: Option<StaffId>,
    /// What was done.
    pub action: AuditAction,
    /// On which case.
    pub case: Option<Reference>,
    /// On which thing beside or within the case: numbers, names of ours and keyed digests, never content.
    pub object: String,
    /// Names of the fields that are different after than before, never their values; separated by commas.
    pub fields: String,
    /// From where: an address for staff, a keyed digest for anybody else, strangers at the door too; empty where no request was.
    pub place: String,
}

/// An entry with its number, as it is stored: texts as they are, so that even what this version cannot read is hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// 1, 2, 3, … without gaps.
    pub number: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Code of [`Who`].
    pub who: String,
    /// The member of staff's number.
    pub staff: Option<i64>,
    /// Code of [`AuditAction`].
    pub action: String,
    /// The case's number.
    pub case: Option<i64>,
    /// As in [`Entry`].
    pub object: String,
    /// As in [`Entry`].
    pub fields: String,
    /// As in [`Entry`].
    pub place: String,
}

impl Entry {
    /// An entry of what `staff`, or else whoever can, did.
    #[must_use]
    pub fn new(at: Instant, by: impl Into<Doer>, action: AuditAction) -> Self {
        let Doer { staff, instead_of } = by.into();
        Self {
            at,
            who: action.by(staff),
            staff,
            instead_of,
            action,
            case: None,
            object: String::new(),
            fields: String::new(),
            place: String::new(),
        }
    }

    /// On this case.
    #[must_use]
    pub const fn on(mut self, case: Option<Reference>) -> Self {
        self.case = case;
        self
    }

    /// On this thing.
    #[must_use]
    pub fn object(mut self, object: &str) -> Self {
        object.clone_into(&mut self.object);
        self
    }

    /// Where these fields changed.
    #[must_use]
    pub fn fields(mut self, names: &[&str]) -> Self {
        self.fields = names.join(", ");
        self
    }

    /// With its number.
    #[must_use]
    pub fn numbered(self, number: i64) -> Written {
        Written {
            number,
            at: self.at.0,
            who: self.who.code().to_owned(),
            staff: self.staff.map(|staff| staff.0),
            action: self.action.code().to_owned(),
            case: self.case.map(|case| case.0),
            object: match self.instead_of {
                Some(of) if self.object.is_empty() => format!("{INSTEAD_OF}{}", of.0),
                Some(of) => format!("{}, {INSTEAD_OF}{}", self.object, of.0),
                None => self.object,
            },
            fields: self.fields,
            place: self.place,
        }
    }
}

impl Written {
    /// For whom it was done where somebody stood in for a colleague, and the object without that.
    #[must_use]
    pub fn instead_of(&self) -> (&str, Option<StaffId>) {
        let found =
            self.object.rsplit_once(INSTEAD_OF).and_then(|(object, of)| Some((object, StaffId(of.parse().ok()?))));
        found.map_or((self.object.as_str(), None), |(object, of)| (object.trim_end_matches(", "), Some(of)))
    }

    /// Adds the bytes that are hashed: [`FORMAT`], then number, moment, who, staff, action, case, object, fields and place,
    /// each with its length in four bytes in front. Numbers are eight bytes, both the largest byte first; a number that
    /// is not there has length 0. Two different entries never have the same bytes.
    pub fn canonical(&self, out: &mut Vec<u8>) {
        let number = |n: i64| n.to_be_bytes();
        let maybe = |n: Option<i64>| n.map(number);
        piece(out, FORMAT.as_bytes());
        piece(out, &number(self.number));
        piece(out, &number(self.at));
        piece(out, self.who.as_bytes());
        piece(out, maybe(self.staff).as_ref().map_or(&[], <[u8; 8]>::as_slice));
        piece(out, self.action.as_bytes());
        piece(out, maybe(self.case).as_ref().map_or(&[], <[u8; 8]>::as_slice));
        piece(out, self.object.as_bytes());
        piece(out, self.fields.as_bytes());
        piece(out, self.place.as_bytes());
    }
}

fn piece(out: &mut Vec<u8>, bytes: &[u8]) {
    // no text of an entry comes near four gigabytes; one that did would still never look like another
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Written {
        let case = Some(Reference(10_021));
        let entry = Entry::new(Instant(1_795_494_600_000), Some(StaffId(2)), AuditAction::CaseAssigned);
        entry.on(case).object("ab").fields(&["owner", "state"]).numbered(7)
    }

    fn bytes(written: &Written) -> Vec<u8> {
        let mut out = Vec::new();
        written.canonical(&mut out);
        out
    }

    #[test]
    fn the_bytes_are_the_ones_that_are_documented() {
        let mut wanted = b"\x00\x00\x00\x10recourse-audit-1\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x07".to_vec();
        wanted.extend_from_slice(b"\x00\x00\x00\x08");
        wanted.extend_from_slice(&1_795_494_600_000_i64.to_be_bytes());
        wanted.extend_from_slice(b"\x00\x00\x00\x05staff\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x02");
        wanted.extend_from_slice(b"\x00\x00\x00\x0dcase_assigned\x00\x00\x00\x08");
        wanted.extend_from_slice(&10_021_i64.to_be_bytes());
        wanted.extend_from_slice(b"\x00\x00\x00\x02ab\x00\x00\x00\x0cowner, state\x00\x00\x00\x00");
        assert_eq!(bytes(&written()), wanted);
    }

    #[test]
    fn a_deputy_stands_in_the_entry_with_whom_they_act_for() {
        let by = Doer { staff: Some(StaffId(2)), instead_of: Some(StaffId(7)) };
        let entry = |object: &str| Entry::new(Instant(1), by, AuditAction::RunApproved).object(object).numbered(1);
        assert_eq!(entry("E-3").instead_of(), ("E-3", Some(StaffId(7))));
        assert_eq!((entry("").object.as_str(), entry("").instead_of()), ("instead of 7", ("", Some(StaffId(7)))));
        assert_eq!(written().instead_of(), ("ab", None));
    }

    #[test]
    fn whatever_differs_has_other_bytes() {
        let plain = written();
        let changed = [
            Written { number: 8, ..plain.clone() },
            Written { at: 1, ..plain.clone() },
            Written { who: "system".into(), ..plain.clone() },
            Written { staff: None, ..plain.clone() },
            Written { staff: Some(0), ..plain.clone() },
            Written { action: "case_opened".into(), ..plain.clone() },
            Written { case: None, ..plain.clone() },
            Written { object: "a".into(), fields: "bowner, state".into(), ..plain.clone() },
            Written { fields: String::new(), ..plain.clone() },
            Written { place: "192.0.2.7".into(), ..plain.clone() },
        ];
        let all: std::collections::HashSet<_> = changed.iter().map(bytes).chain([bytes(&plain)]).collect();
        assert_eq!(all.len(), changed.len() + 1);
    }
}
