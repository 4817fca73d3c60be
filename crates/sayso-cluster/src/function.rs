/// Why a function gives no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// It may work on another try, or on another machine: the engine tries again a few times.
    Again(String),
    /// It will not, whoever tries: the question ends with this sentence.
    Never(String),
}

/// A function of two texts that workers call for each row of a table: what to do, and in which job.
///
/// It must give the same for the same texts however often it is called: the engine calls it again where it lost an answer.
#[derive(Clone, Copy)]
pub struct Function {
    /// The name by which SQL calls it.
    pub name: &'static str,
    /// What is done is called this in logs: the name of an input or of a file.
    pub label: fn(&str) -> String,
    /// What it does.
    pub call: fn(&str, &str) -> Result<String, Failure>,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Function").field(&self.name).finish()
    }
}
