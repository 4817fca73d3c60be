use serde_json::Value;

/// A summary whose shape nobody has vouched for: what is not there or of another type is nothing.
pub(super) struct View<'a>(pub(super) &'a Value);

impl<'a> View<'a> {
    /// The value at a JSON Pointer.
    pub(super) fn at(&self, place: &str) -> Option<&'a Value> {
        self.0.pointer(place).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, place: &str) -> Option<&'a str> {
        self.at(place)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    pub(super) fn number(&self, place: &str) -> Option<u64> {
        self.at(place)?.as_u64()
    }

    pub(super) fn truth(&self, place: &str) -> Option<bool> {
        self.at(place)?.as_bool()
    }

    pub(super) fn list(&self, place: &str) -> &'a [Value] {
        self.at(place).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Whether anything stands there: a text, a list with something in it, a number or a truth value.
    pub(super) fn is_filled(&self, place: &str) -> bool {
        self.at(place).is_some_and(|value| match value {
            Value::String(text) => !text.trim().is_empty(),
            Value::Array(list) => !list.is_empty(),
            _ => true,
        })
    }
}
