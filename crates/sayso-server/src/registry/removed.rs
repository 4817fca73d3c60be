use sayso::library::Removal;
use sayso_core::Timestamp;
use sayso_registry::claim::ClaimId;
use sayso_registry::office::{Report, ReportState};

use super::desk::Room;
use crate::api::{ApiRemoval, ApiRemovals};
use crate::desk::Desk;
use crate::refusal::Refusal;

/// Answers that are listed, of claims and of reports.
const LISTED: usize = 500;

impl Desk {
    /// What was taken out, and how long people waited for it.
    pub(crate) async fn removals(&self) -> Result<ApiRemovals, Refusal> {
        let removals = self.removed().await?;
        self.registry()?
            .work(move |room| {
                let mut answered = room.answered_claims(&removals)?;
                let mut office = room.office()?;
                for state in [ReportState::Upheld, ReportState::Dismissed] {
                    answered.extend(office.reports(state, LISTED as u64)?.iter().filter_map(Answer::of_report));
                }
                let waiting = [ReportState::Hidden, ReportState::Waiting]
                    .into_iter()
                    .map(|state| Ok(office.count_reports(state)?))
                    .sum::<Result<u64, Refusal>>()?;
                Ok(told(answered, waiting))
            })
            .await
    }
}

/// Something that was asked for, and what came of it.
struct Answer {
    asked_at: Timestamp,
    answered_at: Timestamp,
    told: ApiRemoval,
}

impl Answer {
    fn new(asked_at: Timestamp, answered_at: Timestamp, what: &str, answer: &str) -> Self {
        let told = ApiRemoval {
            what: what.to_owned(),
            claim: None,
            reason: None,
            asked_at: asked_at.to_string(),
            answered_at: answered_at.to_string(),
            answer: answer.to_owned(),
            samples: 1,
        };
        Self { asked_at, answered_at, told }
    }

    fn of_report(report: &Report) -> Option<Self> {
        let answer = if report.state == ReportState::Upheld { "hidden" } else { "shown-again" };
        let mut answer = Self::new(report.made_at, report.decided_at?, "report", answer);
        answer.told.reason = Some(report.reason.to_string());
        Some(answer)
    }

    fn seconds(&self) -> u64 {
        let micros = self.answered_at.as_micros().saturating_sub(self.asked_at.as_micros());
        u64::try_from(micros / 1_000_000).unwrap_or(0)
    }
}

impl Room {
    /// Removals because of claims of this registry. Those of other logs are for others to time.
    fn answered_claims(&self, removals: &[Removal]) -> Result<Vec<Answer>, Refusal> {
        let mut registry = self.reader();
        let (origin, size) = (registry.identity().key.name().to_owned(), registry.head()?.size);
        let mut answers = Vec::new();
        let own = removals.iter().filter(|removal| removal.log == origin && removal.claim < size);
        for removal in own.take(LISTED) {
            let claim = registry.claim(ClaimId(removal.claim))?;
            let mut answer = Answer::new(claim.made_at, removal.removed_at, "claim", "removed");
            (answer.told.claim, answer.told.samples) = (Some(removal.claim), removal.samples);
            answers.push(answer);
        }
        Ok(answers)
    }
}

fn told(mut answers: Vec<Answer>, waiting: u64) -> ApiRemovals {
    answers.sort_by_key(|answer| std::cmp::Reverse(answer.answered_at));
    let median_seconds = median(answers.iter().map(Answer::seconds).collect());
    ApiRemovals { median_seconds, waiting, removals: answers.into_iter().map(|answer| answer.told).collect() }
}

/// The middle one; the mean of both where there are two.
fn median(mut numbers: Vec<u64>) -> Option<u64> {
    numbers.sort_unstable();
    let half = numbers.len() / 2;
    let upper = *numbers.get(half)?;
    if numbers.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *numbers.get(half.checked_sub(1)?)?;
    Some(lower + (upper - lower) / 2)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![9]), Some(9));
        assert_eq!(median(vec![9, 1, 5]), Some(5));
        assert_eq!(median(vec![9, 1, 5, 6]), Some(5));
    }
}
