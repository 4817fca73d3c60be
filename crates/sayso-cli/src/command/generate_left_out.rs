use crate::arguments::Generate;
use crate::exit::Outcome;

pub(crate) fn run(arguments: &Generate) -> anyhow::Result<Outcome> {
    // So that what is asked is looked at in every build.
    let Generate { prompt: _, model, out: _, negative: _, seed: _, steps: _, guidance: _, size, .. } = arguments;
    let _ = (&model.base, model.allow_pickle, &model.tokenizer, &model.prediction);
    let _ = size.map(|size| (size.width, size.height));
    let _ = (
        &arguments.init,
        arguments.strength,
        arguments.count,
        &arguments.scheduler,
        arguments.clip_skip,
        arguments.json,
    );
    let _ = (&arguments.sign, arguments.unsigned, arguments.mining, &arguments.against, arguments.keep_copies);
    anyhow::bail!("this program was built without what makes pictures\nhint: build it with `--features diffusion`")
}
