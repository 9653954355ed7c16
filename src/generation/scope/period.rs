//! How long rows stay that are kept for a time, each by its own date: as a condition in SQL, and in days.

use super::Scope;
use crate::{
    domain::clock::period::Period,
    generation::{
        engine::{Dialect, quoted},
        map::{Keep, Table},
        schema::Type,
    },
};
use chrono::{Datelike as _, Days, Months, NaiveDate};

impl Scope<'_> {
    /// The kept rows whose period is over.
    pub(super) fn past(&self, name: &str, alias: &str) -> Option<String> {
        let keep = self.map.table(name)?.keep.as_ref()?;
        let cut = first_day_kept(self.today, keep.length()?);
        // a moment may be of the next day where the desk is
        let cut_of_moments = cut.pred_opt().unwrap_or(cut);
        let at = format!("{alias}.{}", quoted(&keep.after));
        let cut = if self.is_moment(name, keep) { cut_of_moments } else { cut };
        let cut = match self.dialect {
            Dialect::Postgres | Dialect::Maria => format!("DATE '{cut}'"),
            Dialect::Sqlite => format!("CASE WHEN length({at}) > 10 THEN '{cut_of_moments}' ELSE '{cut}' END"),
        };
        // what is no date cannot be judged, and stays
        Some(format!("({} AND {at} < {cut})", self.is_date(&at)))
    }

    /// The day that a row's period counts from, in SQL, and NULL where it has no date. Moments stand there in UTC or in a
    /// zone that nobody knows: they count from the day after, which is never too early wherever the desk is.
    #[must_use]
    pub fn day_of(&self, name: &str, keep: &Keep, alias: &str) -> String {
        let at = format!("{alias}.{}", quoted(&keep.after));
        let later = u8::from(self.is_moment(name, keep));
        let day = match self.dialect {
            Dialect::Postgres => format!("CAST({at} AS date) + {later}"),
            Dialect::Maria => format!("DATE_ADD(CAST({at} AS DATE), INTERVAL {later} DAY)"),
            Dialect::Sqlite => {
                format!("date(substr({at}, 1, 10), CASE WHEN length({at}) > 10 THEN '+1 day' ELSE '+0 days' END)")
            }
        };
        format!("CASE WHEN {} THEN {day} END", self.is_date(&at))
    }

    /// The same, and the day of the run where a row has no date.
    #[must_use]
    pub fn counted_from(&self, name: &str, keep: &Keep, alias: &str) -> String {
        let (day, begun) = (self.day_of(name, keep, alias), self.begun);
        match self.dialect {
            Dialect::Postgres | Dialect::Maria => format!("COALESCE({day}, DATE '{begun}')"),
            Dialect::Sqlite => format!("COALESCE({day}, '{begun}')"),
        }
    }

    /// True where the date of a row is a moment. In `SQLite` each value says it by itself.
    fn is_moment(&self, name: &str, keep: &Keep) -> bool {
        self.dialect != Dialect::Sqlite && self.column(name, &keep.after).is_some_and(|is| is.kind == Type::Timestamp)
    }

    /// The last day on which a row is kept, in SQL: what `kept_until` says of the day that it counts from.
    #[must_use]
    pub fn last_day(&self, name: &str, keep: &Keep, alias: &str) -> String {
        let day = self.counted_from(name, keep, alias);
        let (unit, count) = match keep.length() {
            Some(Period::Days(count)) => ("days", count),
            Some(Period::Months(count)) => ("months", count),
            // refused when the map is read
            Some(Period::Elapsed(_) | Period::Working(_) | Period::Yearly(..)) | None => ("days", 0),
        };
        let end = match (self.dialect, unit) {
            (Dialect::Postgres, _) => format!("CAST({day} + INTERVAL '{count} {unit}' AS date)"),
            (Dialect::Maria, "months") => format!("DATE_ADD({day}, INTERVAL {count} MONTH)"),
            (Dialect::Maria, _) => format!("DATE_ADD({day}, INTERVAL {count} DAY)"),
            (Dialect::Sqlite, _) => format!("date({day}, '+{count} {unit}')"),
        };
        // a month that is too short for the day: the first of the next one
        match (self.dialect, unit) {
            (_, "days") => end,
            (Dialect::Postgres, _) => {
                format!("CASE WHEN EXTRACT(DAY FROM {end}) = EXTRACT(DAY FROM {day}) THEN {end} ELSE {end} + 1 END")
            }
            (Dialect::Maria, _) => {
                format!("CASE WHEN DAY({end}) = DAY({day}) THEN {end} ELSE DATE_ADD({end}, INTERVAL 1 DAY) END")
            }
            (Dialect::Sqlite, _) => {
                format!(
                    "CASE WHEN substr({end}, 9) = substr({day}, 9) THEN {end} ELSE date({end}, 'start of month') END"
                )
            }
        }
    }

    /// The condition that nothing can be counted from the date of a row that is kept: there is none.
    #[must_use]
    pub fn undated(&self, table: &Table, alias: &str) -> Option<String> {
        let at = format!("{alias}.{}", quoted(&table.keep.as_ref()?.after));
        Some(format!("({}) IS NOT TRUE", self.is_date(&at)))
    }

    /// The condition that a value is a day to count from: what stands for none (the years 1 and 9999, infinity) is none, and
    /// no end of a period has a year of five digits, which not every engine can keep.
    fn is_date(&self, at: &str) -> String {
        match self.dialect {
            Dialect::Postgres | Dialect::Maria => format!("{at} >= DATE '1000-01-01' AND {at} < DATE '9000-01-01'"),
            Dialect::Sqlite => format!("typeof({at}) = 'text' AND {at} GLOB '[1-8][0-9][0-9][0-9]-[0-9][0-9]-*'"),
        }
    }
}

/// The first day whose rows are still kept on `today`: a floor, so that months count to the later day where the
/// month of the end is short.
fn first_day_kept(today: NaiveDate, period: Period) -> NaiveDate {
    let days = |count: u32| today.checked_sub_days(Days::new(u64::from(count))).unwrap_or(NaiveDate::MIN);
    match period {
        // refused when the map is read
        Period::Elapsed(_) | Period::Working(_) | Period::Yearly(..) => NaiveDate::MIN,
        Period::Days(count) => days(count),
        Period::Months(count) => {
            let cut = today.checked_sub_months(Months::new(count)).unwrap_or(NaiveDate::MIN);
            // 31 January and a month end on 1 March, not on 28 February
            (0..4)
                .filter_map(|back| cut.checked_sub_days(Days::new(back)))
                .take_while(|day| kept_until(*day, period) >= today || *day == cut)
                .last()
                .unwrap_or(cut)
        }
    }
}

/// The last day on which a row of `day` is kept.
#[must_use]
pub fn kept_until(day: NaiveDate, period: Period) -> NaiveDate {
    match period {
        Period::Elapsed(_) | Period::Working(_) | Period::Yearly(..) => NaiveDate::MAX,
        Period::Days(count) => day.checked_add_days(Days::new(u64::from(count))).unwrap_or(NaiveDate::MAX),
        Period::Months(count) => {
            let end = day.checked_add_months(Months::new(count)).unwrap_or(NaiveDate::MAX);
            if end.day() == day.day() { end } else { end.succ_opt().unwrap_or(NaiveDate::MAX) }
        }
    }
}
