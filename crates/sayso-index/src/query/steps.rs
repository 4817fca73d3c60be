use super::Field;
use crate::facets::{FacetField, FacetKind};

/// What is wrong with the numbers of a condition.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadNumbers {
    /// They are none.
    None,
    /// A number lies inside a step, between these edges.
    Inside(String, String),
}

/// The numbers that a field of the query language speaks of.
pub(super) const fn numbers_of(field: Field) -> Option<FacetField> {
    match field {
        Field::Side => Some(FacetField::Side),
        Field::Similarity => Some(FacetField::Similarity),
        Field::Punsafe => Some(FacetField::Punsafe),
        Field::Pwatermark => Some(FacetField::Pwatermark),
        Field::Aesthetic => Some(FacetField::Aesthetic),
        Field::Year => Some(FacetField::Year),
        Field::Caption | Field::Creator | Field::Site | Field::Licence | Field::Verdict | Field::Language => None,
    }
}

/// The first and the last step that `<0.5`, `>=512`, `0.2..0.5` or `2015` means.
///
/// An index knows the steps and not the numbers, so a bound is one of the edges between them. A lone number is the step
/// that it lies in.
pub(super) fn steps(field: FacetField, text: &str) -> Result<(u32, u32), BadNumbers> {
    let FacetKind::Steps(edges) = field.kind() else { return Err(BadNumbers::None) };
    let last = u32::try_from(edges.len()).unwrap_or(u32::MAX);
    let text = text.trim();
    let number =
        |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).ok_or(BadNumbers::None);
    let edge = |text: &str| edge(edges, number(text)?);
    if let Some(bound) = text.strip_prefix(">=") {
        return edge(bound).map(|first| (first, last));
    }
    if let Some(bound) = text.strip_prefix('<') {
        return edge(bound).map(|end| (0, end.saturating_sub(1)));
    }
    if let Some((from, to)) = text.split_once("..") {
        let (first, end) = (edge(from)?, edge(to)?);
        return if first < end { Ok((first, end - 1)) } else { Err(BadNumbers::None) };
    }
    let step = field.step(number(text)?).ok_or(BadNumbers::None)?;
    Ok((step, step))
}

/// The step that begins at this edge.
fn edge(edges: &[f64], number: f64) -> Result<u32, BadNumbers> {
    let place = edges.partition_point(|edge| *edge < number);
    let name = |place: Option<usize>| place.and_then(|place| edges.get(place)).map(ToString::to_string);
    match edges.get(place) {
        Some(edge) if (*edge - number).abs() < 1e-9 => Ok(u32::try_from(place + 1).unwrap_or(u32::MAX)),
        _ => {
            let (below, above) = (name(place.checked_sub(1)), name(Some(place)));
            let near = |one: &Option<String>, other: &Option<String>| one.clone().or_else(|| other.clone());
            Err(BadNumbers::Inside(near(&below, &above).unwrap_or_default(), near(&above, &below).unwrap_or_default()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BadNumbers, steps};
    use crate::facets::FacetField;

    #[test]
    fn bounds_are_edges() {
        assert_eq!(steps(FacetField::Punsafe, ">=0.5"), Ok((25, 49)));
        assert_eq!(steps(FacetField::Punsafe, "<0.5"), Ok((0, 24)));
        assert_eq!(steps(FacetField::Punsafe, "0.2..0.3"), Ok((10, 14)));
        assert_eq!(steps(FacetField::Side, ">=512"), Ok((6, 13)));
        assert_eq!(steps(FacetField::Year, "2015"), Ok((11, 11)));
        assert_eq!(steps(FacetField::Side, ">=500"), Err(BadNumbers::Inside("384".to_owned(), "512".to_owned())));
        assert_eq!(steps(FacetField::Side, "<9000"), Err(BadNumbers::Inside("8192".to_owned(), "8192".to_owned())));
        for bad in ["", "many", ">=", "0.3..0.2", "nan", "<inf"] {
            assert_eq!(steps(FacetField::Punsafe, bad), Err(BadNumbers::None), "{bad}");
        }
    }
}
