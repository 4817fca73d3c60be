use crate::arguments::{Makeable, ModelsMake};
use crate::exit::Outcome;

pub(super) fn run(arguments: &ModelsMake) -> anyhow::Result<Outcome> {
    // So that what is asked is looked at in every build.
    let ModelsMake { model: Makeable::Toy, out: _, subject: _, drawings: _, autoencoder_steps: _, steps: _, json: _ } =
        arguments;
    anyhow::bail!("this program was built without what makes pictures\nhint: build it with `--features diffusion`")
}
