use std::io::Write;

use sayso::tuning::Tuning;
use sayso_diffusion::train::{Plan, Settings};
use serde_json::{Value, json};

use crate::output::counted;

/// What a training takes, estimated from the shapes of the nets and from how fast this machine multiplies.
pub(super) struct Estimate {
    plan: Plan,
    seconds: f64,
    steps: usize,
}

impl Estimate {
    pub(super) fn of(Tuning { base, loading, settings, .. }: &Tuning) -> anyhow::Result<Self> {
        let plan = Plan::new(base, loading, settings)?;
        let seconds = plan.operations / Plan::operations_a_second(loading.processor)?.max(1.0) * settings.steps as f64;
        Ok(Self { plan, seconds, steps: settings.steps })
    }

    pub(super) fn tell(&self, out: &mut impl Write) -> std::io::Result<()> {
        writeln!(
            out,
            "would train {} of {} numbers, with about {} of memory, {} in about {}",
            self.plan.trained,
            self.plan.numbers,
            size(self.plan.memory_bytes()),
            counted(self.steps as u64, "step"),
            time(self.seconds),
        )?;
        writeln!(
            out,
            "estimated from the nets' shapes and this machine's speed at this moment; loading and pictures on the way come on top"
        )
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "numbers": self.plan.numbers,
            "trained_numbers": self.plan.trained,
            "memory_bytes": self.plan.memory_bytes(),
            "seconds": self.seconds,
        })
    }
}

/// Refuses what this machine's memory does not hold, and says what would fit.
pub(super) fn assert_room(Tuning { base, loading, settings, .. }: &Tuning) -> anyhow::Result<()> {
    let Some(free) = free_bytes() else { return Ok(()) };
    let takes = |settings: &Settings| Ok::<u64, anyhow::Error>(Plan::new(base, loading, settings)?.memory_bytes());
    let needed = takes(settings)?;
    if needed <= free {
        return Ok(());
    }
    let (needed, free_words) = (size(needed), size(free));
    let said =
        |hint: &str| anyhow::anyhow!("it takes about {needed} of memory, and {free_words} are free\nhint: {hint}");
    let mut smaller = Settings { batch: 1, accumulation: settings.accumulation * settings.batch, ..settings.clone() };
    if takes(&smaller)? <= free {
        return Err(said(&format!("--batch 1 --accumulation {} learns the same and fits", smaller.accumulation)));
    }
    smaller.checkpointing = true;
    while smaller.side >= 64 {
        if takes(&smaller)? <= free {
            let side = smaller.side;
            return Err(said(&format!("--batch 1 --checkpointing --size {side}x{side} fits")));
        }
        smaller.side -= 64;
    }
    Err(said("train an adapter (--method lora) with a lower --rank, a smaller model, or on a machine with more memory"))
}

/// Bytes that this machine can give out; none where it does not say.
fn free_bytes() -> Option<u64> {
    let text = fs_err::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn size(bytes: u64) -> String {
    let mebi = bytes as f64 / f64::from(1 << 20);
    if mebi < 1024.0 { format!("{:.0} MiB", mebi.max(1.0)) } else { format!("{:.1} GiB", mebi / 1024.0) }
}

fn time(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 60.0 => "a minute".to_owned(),
        seconds if seconds < 7200.0 => counted((seconds / 60.0).ceil() as u64, "minute"),
        seconds => counted((seconds / 3600.0).ceil() as u64, "hour"),
    }
}

#[cfg(test)]
mod tests {
    use super::{size, time};

    #[test]
    fn sizes_and_times_are_for_people() {
        assert_eq!([1_u64, 5 << 20, 6 << 30].map(size), ["1 MiB", "5 MiB", "6.0 GiB"]);
        assert_eq!([3.0, 100.0, 40_000.0].map(time), ["a minute", "2 minutes", "12 hours"]);
    }
}
