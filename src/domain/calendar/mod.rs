//! stub
use chrono::NaiveDate;
use chrono_tz::Tz;
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Calendar {
    pub code: String,
    pub name: String,
    pub zone: Option<Tz>,
}
#[allow(missing_docs, clippy::all)]
impl Calendar {
    pub fn covers(&self, _d: NaiveDate) -> bool {
        true
    }
    pub fn next_working(&self, d: NaiveDate) -> NaiveDate {
        d
    }
    pub fn add_working(&self, d: NaiveDate, _n: u32) -> NaiveDate {
        d
    }
}
