use rusqlite::{Row, params};
use sayso_core::{Timestamp, Uid, stable_names};

use super::open::Office;
use super::trail::leave;
use crate::RegistryError;
use crate::store::sqlite::{Failures, signed, unsigned};

/// Why a picture should not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportReason {
    /// It was never meant for others.
    Private,
    /// It is of somebody's treatment.
    Medical,
    /// It shows a child.
    Child,
    /// It is sexual.
    Sexual,
    /// Something else.
    Other,
}

stable_names!(ReportReason, "reason of a report", {
    Private => "private",
    Medical => "medical",
    Child => "child",
    Sexual => "sexual",
    Other => "other",
});

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportState {
    /// The picture is hidden until somebody looks at it.
    Hidden,
    /// The picture is shown until somebody looks at it: it was looked at before, or too many were hidden that day.
    Waiting,
    /// The picture stays hidden.
    Upheld,
    /// The picture is shown again.
    Dismissed,
}

stable_names!(ReportState, "state of a report", {
    Hidden => "hidden",
    Waiting => "waiting",
    Upheld => "upheld",
    Dismissed => "dismissed",
});

/// What an operator decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It stays hidden.
    Uphold,
    /// It is shown again.
    Dismiss,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its number.
    pub number: u64,
    /// The sample.
    pub uid: Uid,
    /// The picture's address, so that somebody can look at what is hidden; removed once it is shown again.
    pub url: Option<String>,
    /// Why.
    pub reason: ReportReason,
    /// What was said; removed once it is decided.
    pub words: Option<String>,
    /// When it came.
    pub made_at: Timestamp,
    /// Where it stands.
    pub state: ReportState,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<String>,
}

const COLUMNS: &str = "id, uid, url, reason, words, made_at, state, decided_at, decided_by";

/// A day, by which hidings are counted.
const DAY_MICROS: i64 = 24 * 3600 * 1_000_000;

impl Office {
    /// Takes a report. The picture is hidden from then on, unless somebody has looked at it before and shown it again, or
    /// `most_a_day` were hidden by reports in the last day that nobody has looked at.
    pub fn report(
        &mut self,
        uid: &Uid,
        url: &str,
        reason: ReportReason,
        words: Option<&str>,
        most_a_day: u64,
        now: Timestamp,
    ) -> Result<Report, RegistryError> {
        let uid_text = uid.to_string();
        let (number, state) = self.change(|change| {
            let count = |sql: &str, of: &dyn rusqlite::ToSql| change.query_row(sql, [of], |row| row.get::<_, i64>(0));
            let was_shown_again =
                count("SELECT count(*) FROM report WHERE uid = ?1 AND state = 'dismissed'", &uid_text)?;
            let day_ago = now.as_micros().saturating_sub(DAY_MICROS);
            let hidden = count("SELECT count(*) FROM report WHERE made_at > ?1 AND state = 'hidden'", &day_ago)?;
            let may_hide = was_shown_again == 0 && hidden < signed(most_a_day);
            let state = if may_hide { ReportState::Hidden } else { ReportState::Waiting };
            let insert = "INSERT INTO report (uid, url, reason, words, made_at, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            change.execute(insert, params![uid_text, url, reason.as_str(), words, now.as_micros(), state.as_str()])?;
            let number = change.last_insert_rowid().unsigned_abs();
            let what = if may_hide { "reported and hid" } else { "reported" };
            leave(change, "anybody", what, &format!("sample {uid_text} ({reason})"), now)?;
            Ok((number, state))
        })?;
        let words = words.map(str::to_owned);
        let url = Some(url.to_owned());
        Ok(Report { number, uid: *uid, url, reason, words, made_at: now, state, decided_at: None, decided_by: None })
    }

    /// Decides a report, with all others on the same picture that wait. Says how many were decided.
    pub fn decide(&mut self, number: u64, decision: Decision, who: &str, now: Timestamp) -> Result<u64, RegistryError> {
        let decided = self.change(|change| {
            let state = match decision {
                Decision::Uphold => ReportState::Upheld,
                Decision::Dismiss => ReportState::Dismissed,
            };
            // One that was upheld before is shown again by the same step.
            let update = "UPDATE report SET state = ?2, decided_at = ?3, decided_by = ?4, words = NULL,
                          url = CASE ?2 WHEN 'upheld' THEN url END
                          WHERE uid = (SELECT uid FROM report WHERE id = ?1) AND state != ?2 AND state != 'dismissed'";
            let decided = change.execute(update, params![signed(number), state.as_str(), now.as_micros(), who])?;
            if decided > 0 {
                let uid: String =
                    change.query_row("SELECT uid FROM report WHERE id = ?1", [signed(number)], |row| row.get(0))?;
                let what = match decision {
                    Decision::Uphold => "keeps hidden",
                    Decision::Dismiss => "shows again",
                };
                leave(change, who, what, &format!("sample {uid}"), now)?;
            }
            Ok(decided)
        })?;
        if decided == 0 { Err(RegistryError::NoSuchReport { report: number }) } else { Ok(decided as u64) }
    }

    /// Reports in a state, the oldest first where they wait and the latest first where they do not, at most so many.
    pub fn reports(&mut self, state: ReportState, most: u64) -> Result<Vec<Report>, RegistryError> {
        let order = match state {
            ReportState::Hidden | ReportState::Waiting => "made_at",
            ReportState::Upheld | ReportState::Dismissed => "decided_at DESC",
        };
        let sql = format!("SELECT {COLUMNS} FROM report WHERE state = ?1 ORDER BY {order}, id LIMIT ?2");
        let mut query = self.connection.prepare_cached(&sql).of(&self.place)?;
        let found = query.query_map(params![state.as_str(), signed(most)], report).of(&self.place)?;
        found.collect::<rusqlite::Result<_>>().of(&self.place)
    }

    /// How many reports are in a state.
    pub fn count_reports(&mut self, state: ReportState) -> Result<u64, RegistryError> {
        let mut query =
            self.connection.prepare_cached("SELECT count(*) FROM report WHERE state = ?1").of(&self.place)?;
        query.query_row([state.as_str()], |row| unsigned(row, 0)).of(&self.place)
    }

    /// Every sample that is hidden.
    pub fn hidden(&mut self) -> Result<Vec<Uid>, RegistryError> {
        let sql = "SELECT DISTINCT uid FROM report WHERE state IN ('hidden', 'upheld') ORDER BY uid";
        let mut query = self.connection.prepare_cached(sql).of(&self.place)?;
        let found = query.query_map([], |row| uid(row, 0)).of(&self.place)?;
        found.collect::<rusqlite::Result<_>>().of(&self.place)
    }
}

fn report(row: &Row<'_>) -> rusqlite::Result<Report> {
    let name = |at: usize| row.get::<_, String>(at);
    let wrong = |at| rusqlite::Error::InvalidColumnType(at, "name".to_owned(), rusqlite::types::Type::Text);
    Ok(Report {
        number: unsigned(row, 0)?,
        uid: uid(row, 1)?,
        url: row.get(2)?,
        reason: name(3)?.parse().map_err(|_| wrong(3))?,
        words: row.get(4)?,
        made_at: Timestamp::from_micros(row.get(5)?),
        state: name(6)?.parse().map_err(|_| wrong(6))?,
        decided_at: row.get::<_, Option<i64>>(7)?.map(Timestamp::from_micros),
        decided_by: row.get(8)?,
    })
}

fn uid(row: &Row<'_>, at: usize) -> rusqlite::Result<Uid> {
    let wrong = || rusqlite::Error::InvalidColumnType(at, "uid".to_owned(), rusqlite::types::Type::Text);
    row.get::<_, String>(at)?.parse().map_err(|_| wrong())
}
