use std::path::Path;

use sayso::studio::Studio;

use crate::arguments::ServedStudio;

pub(super) fn open(arguments: &ServedStudio, _: Option<&Path>) -> anyhow::Result<Option<Studio>> {
    // So that what is asked is looked at in every build.
    let ServedStudio { studio, studio_keep: _, studio_folder: _, studio_policy: _, studio_names: _, .. } = arguments;
    let ServedStudio { studio_sign: _, studio_mining: _, studio_sessions: _, studio_pictures: _, .. } = arguments;
    let ServedStudio { studio_picture_mib: _, studio_session_mib: _, studio_steps: _, studio_made: _, .. } = arguments;
    let ServedStudio { studio_from_network: _, .. } = arguments;
    anyhow::ensure!(
        studio.is_none(),
        "this program was built without what trains models\nhint: build it with `--features diffusion,credentials`"
    );
    Ok(None)
}
