use std::io::IsTerminal;

use tracing::Level;

/// The variable that says what is logged: a level, and `json` for programs that read it.
const VARIABLE: &str = "SAYSO_LOG";

/// Begins to write what happens on standard error: warnings, unless the environment asks for more.
pub(crate) fn begin() {
    let wanted = std::env::var(VARIABLE).unwrap_or_default();
    let (level, is_json, unknown) = read(&wanted);
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level);
    let log = log.with_ansi(std::io::stderr().is_terminal());
    match (is_json, level > Level::WARN) {
        (true, _) => log.json().flatten_event(true).with_current_span(false).with_span_list(false).init(),
        // Whoever follows what happens wants to know when.
        (false, true) => log.init(),
        (false, false) => log.without_time().init(),
    }
    if let Some(word) = unknown {
        tracing::warn!("{VARIABLE} says `{}`, which means nothing", word.escape_debug());
    }
}

/// The level, whether it is for programs, and a word that is none of these.
fn read(wanted: &str) -> (Level, bool, Option<&str>) {
    let (mut level, mut is_json, mut unknown) = (Level::WARN, false, None);
    for word in wanted.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word {
            "json" => is_json = true,
            "error" => level = Level::ERROR,
            "warn" => level = Level::WARN,
            "info" => level = Level::INFO,
            "debug" => level = Level::DEBUG,
            _ => unknown = Some(word),
        }
    }
    (level, is_json, unknown)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::read;

    #[test]
    fn a_level_and_a_form_are_read_and_the_rest_is_named() {
        assert_eq!(read(""), (Level::WARN, false, None));
        assert_eq!(read("info,json"), (Level::INFO, true, None));
        assert_eq!(read(" json , debug "), (Level::DEBUG, true, None));
        assert_eq!(read("loud"), (Level::WARN, false, Some("loud")));
    }
}
