use crate::{DiffusionError, Model, Picture, Request};

/// Makes pictures of a class with the model as it is, so that it does not forget the class while it learns one of it. What
/// is asked for says the prompt of the class; each picture is made of the next seed. `keep` is given each with its number,
/// from zero on, and says whether to go on; `watch` is told of steps as [`Model::generate`] tells.
///
/// # Errors
///
/// When one cannot be made, or somebody stopped it.
pub fn class_pictures(
    model: &Model,
    request: &Request,
    numbers: std::ops::Range<usize>,
    keep: &mut dyn FnMut(usize, Picture) -> bool,
    watch: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<(), DiffusionError> {
    for number in numbers {
        let seed = request.seed.wrapping_add(number as u64);
        let made = model.generate(&Request { seed, count: 1, ..request.clone() }, watch)?;
        for picture in made.pictures {
            if !keep(number, picture) {
                return Ok(());
            }
        }
    }
    Ok(())
}
