use std::hash::{Hash, Hasher};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::cast::as_string_array;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::measured::TASKS;
use crate::{Failure, Function};

/// A function as the engine knows it.
#[derive(Debug)]
struct Registered {
    function: Function,
    signature: Signature,
}

impl PartialEq for Registered {
    fn eq(&self, other: &Self) -> bool {
        self.function.name == other.function.name
    }
}

impl Eq for Registered {}

impl Hash for Registered {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.name.hash(state);
    }
}

/// These functions as the engine knows them.
pub(crate) fn registered(functions: &[Function]) -> Vec<Arc<ScalarUDF>> {
    let one = |function: &Function| {
        // Volatile, or a planner would call it of what is constant, on its own machine and before there is a job.
        let signature = Signature::exact(vec![DataType::Utf8, DataType::Utf8], Volatility::Volatile);
        Arc::new(ScalarUDF::from(Registered { function: *function, signature }))
    };
    functions.iter().map(one).collect()
}

/// Marks the sentence of a function in what the engine makes of it.
const OPEN: &str = "\u{2}";
const CLOSE: &str = "\u{3}";

/// The sentence that a function failed with, if what the engine says has one.
pub(crate) fn sentence_of(said: &str) -> Option<String> {
    // What passed through `Debug` has escapes in place of the marks.
    let plain = said.replace("\\u{2}", OPEN).replace("\\u{3}", CLOSE).replace("\\n", "\n");
    let (_, rest) = plain.split_once(OPEN)?;
    rest.split_once(CLOSE).map(|(sentence, _)| sentence.to_owned())
}

impl ScalarUDFImpl for Registered {
    fn name(&self) -> &str {
        self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&arguments.args)?;
        let [what, job] = arrays.as_slice() else {
            return Err(DataFusionError::Execution(format!("{} takes two texts", self.function.name)));
        };
        let (what, job) = (as_string_array(what)?, as_string_array(job)?);
        let made = what.iter().zip(job).map(|(what, job)| self.call(what.unwrap_or_default(), job.unwrap_or_default()));
        let made: ArrayRef = Arc::new(made.collect::<Result<StringArray>>()?);
        Ok(ColumnarValue::Array(made))
    }
}

impl Registered {
    /// Calls it, counts it, and tells the log.
    fn call(&self, what: &str, job: &str) -> Result<Option<String>> {
        let function = self.function.name;
        let started = Instant::now();
        TASKS.running.inc();
        let called = catch_unwind(AssertUnwindSafe(|| (self.function.call)(what, job)));
        TASKS.running.dec();
        let seconds = started.elapsed().as_secs_f64();
        let outcome = match &called {
            Ok(Ok(_)) => "done",
            Ok(Err(Failure::Again(_))) => "again",
            Ok(Err(Failure::Never(_))) => "never",
            Err(_) => "panic",
        };
        TASKS.end(function, outcome, seconds);
        let job = name_of(job);
        let task = (self.function.label)(what);
        match &called {
            Ok(Err(Failure::Again(why) | Failure::Never(why))) => {
                tracing::warn!(job, function, task, outcome, seconds, why, "a task failed");
            }
            _ => tracing::info!(job, function, task, outcome, seconds, "a task ended"),
        }
        let marked = |sentence: &str| format!("{OPEN}{sentence}{CLOSE}");
        match called {
            Ok(Ok(made)) => Ok(Some(made)),
            // The engine tries again what failed by input and output, and nothing else.
            Ok(Err(Failure::Again(sentence))) => Err(DataFusionError::IoError(io::Error::other(marked(&sentence)))),
            Ok(Err(Failure::Never(sentence))) => Err(DataFusionError::Execution(marked(&sentence))),
            Err(_) => {
                let sentence = format!(
                    "{} made the program panic\nhint: this is a defect of Sayso; please report it",
                    self.function.name
                );
                Err(DataFusionError::Execution(marked(&sentence)))
            }
        }
    }
}

/// The part of a job's place that tells builds apart, on whichever machine one reads: a job may be done in folders of its folder.
fn name_of(job: &str) -> &str {
    let parts = || job.trim_end_matches('/').rsplit('/');
    parts().find(|part| part.starts_with("cluster-")).or_else(|| parts().next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{name_of, sentence_of};

    #[test]
    fn a_job_is_named_by_its_own_folder() {
        for (place, name) in [
            ("/shared/set/.build/cluster-00ff", "cluster-00ff"),
            ("s3://bucket/set/.build/cluster-00ff/columns-a/", "cluster-00ff"),
            ("/somewhere/else", "else"),
            ("", ""),
        ] {
            assert_eq!(name_of(place), name);
        }
    }

    #[test]
    fn the_sentence_of_a_function_is_found_in_what_the_engine_says() {
        let said = "Job 1 failed: DataFusion error: \u{2}the disk is full\nhint: make room\u{3} (stage 2)";
        assert_eq!(sentence_of(said).as_deref(), Some("the disk is full\nhint: make room"));
        assert_eq!(sentence_of("Failed(\"\\u{2}a\\nb\\u{3}\")").as_deref(), Some("a\nb"));
        assert_eq!(sentence_of("out of memory"), None);
    }
}
