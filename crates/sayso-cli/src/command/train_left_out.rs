use crate::arguments::Train;
use crate::exit::Outcome;

pub(crate) fn run(_: &Train) -> anyhow::Result<Outcome> {
    anyhow::bail!("this program was built without what trains models\nhint: build it with `--features diffusion`")
}
