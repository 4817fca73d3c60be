/// One vector for what is sought in two ways, a text and a picture of one embedder: the sum of both at length one, which
/// lies as near to the one as to the other. `None` if there is none, or their lengths differ.
#[must_use]
pub fn mix(vectors: &[Vec<f32>]) -> Option<Vec<f32>> {
    let (first, rest) = vectors.split_first()?;
    let mut sum = vec![0.0; first.len()];
    for vector in std::iter::once(first).chain(rest) {
        let length = vector.iter().map(|component| component * component).sum::<f32>().sqrt();
        if vector.len() != sum.len() || !length.is_normal() {
            return None;
        }
        sum.iter_mut().zip(vector).for_each(|(sum, component)| *sum += component / length);
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::mix;

    #[test]
    fn both_count_alike_whatever_their_lengths() {
        assert_eq!(mix(&[vec![3.0, 0.0], vec![0.0, 0.5]]), Some(vec![1.0, 1.0]));
        assert_eq!(mix(&[vec![3.0, 0.0], vec![1.0]]), None);
        assert_eq!(mix(&[vec![0.0, 0.0]]), None);
        assert_eq!(mix(&[]), None);
    }
}
