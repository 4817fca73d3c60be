use std::collections::{BTreeMap, BTreeSet};

use super::ReceiptStanding;
use super::commands::{ShellCommand, can_be_copied};
use super::steps::{MOST, NextStep, StepKind, Steps};

impl Steps<'_> {
    /// Of removals of which there is no receipt. Those that were handed on have theirs elsewhere.
    pub(super) fn get_receipts(&self) -> Option<NextStep> {
        let without = self.portfolio.removed.iter().filter(|it| it.receipt == ReceiptStanding::NoneGiven);
        // A receipt speaks of two snapshots: each takedown has a file of its own.
        let mut of_snapshot: BTreeMap<(&str, u64), BTreeSet<u64>> = BTreeMap::new();
        let mut count = 0_usize;
        for (removed, snapshot) in without.filter_map(|removed| Some((removed, removed.snapshot?))) {
            of_snapshot.entry((&removed.dataset, snapshot)).or_default().insert(removed.claim);
            count += 1;
        }
        if count == 0 {
            return None;
        }
        let command = |((name, snapshot), claims): (&(&str, u64), &BTreeSet<u64>)| {
            let command = self.of_dataset("receipt", name, claims)?().with("--snapshot").with(&snapshot.to_string());
            Some(command.with("-o").with(&format!("{name}-receipts-{snapshot}-late.jsonl")).into_text())
        };
        let sentence = format!(
            "{} without a receipt here. Ask whoever keeps the dataset: receipts can be made until it is purged, judged or fetched anew.",
            if count == 1 { "1 removal is".to_owned() } else { format!("{count} removals are") },
        );
        let commands = of_snapshot.iter().take(MOST).filter_map(command).collect();
        Some(NextStep { step: StepKind::GetReceipts, sentence, commands })
    }

    pub(super) fn receipts(&self) -> Option<NextStep> {
        let numbers = &self.portfolio.numbers;
        let files = self.options.receipts.iter().filter(|file| file.to_str().is_some_and(can_be_copied));
        let keys: Vec<&str> =
            self.options.keys_named.iter().map(String::as_str).filter(|key| can_be_copied(key)).collect();
        let keys = if keys.is_empty() { vec!["builder.vkey"] } else { keys };
        let verify = |file: &std::path::PathBuf| {
            let command = ShellCommand::new(&["verify"]).with_path(file);
            keys.iter().fold(command, |command, key| command.with("--key").with(key)).into_text()
        };
        let commands: Vec<String> = files.take(MOST).map(verify).collect();
        let (step, sentence) = if numbers.receipts_fail > 0 {
            let what =
                "Some receipts do not hold; beside each stands why. Ask whoever gave them to you, and the builder";
            (StepKind::Complain, format!("{what}. This checks them again:"))
        } else if numbers.receipts_unchecked > 0 {
            let what = "Receipts are there, and nobody said by which key to check them. Get the builder’s key from the builder";
            (StepKind::GetKey, format!("{what}, not from whoever gave you the receipts."))
        } else if numbers.receipts_hold > 0 {
            let what = "Keep the receipts that hold. Whoever has the builder’s key can check them without you";
            (StepKind::Keep, format!("{what}, and without a network:"))
        } else {
            return None;
        };
        Some(NextStep { step, sentence, commands })
    }
}
