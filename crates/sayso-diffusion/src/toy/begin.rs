use crate::noise::Noise;

/// What of a net's tensors begins as nothing, so that each layer passes on at first what it gets: the last product of what
/// is added to its input, and what the whole net says.
const NOTHING: [&str; 7] = [".conv2.", ".to_out.0.", ".proj_out.", ".ff.net.2.", ".out_proj.", ".fc2.", "conv_out."];

/// What begins larger than torch throws it, and by how much. Prompts are to be heard from the first step on: with as little
/// as is usual, a net looks at all tokens alike, most of which are padding, and learns for thousands of steps what drawings
/// have in common before it learns whose they are.
const LOUDER: [(&str, f32); 4] = [
    (".attn2.to_q.", 3.0),
    (".attn2.to_k.", 3.0),
    (".attn2.to_v.", 2.0),
    // Where a token stands says less than which one it is.
    ("position_embedding", 0.2),
];

/// The first numbers of a tensor of a net that nothing was taught yet: as torch throws them for its kind, by its name, so that
/// they do not depend on what was asked for before.
pub(super) fn begin(seed: u64, name: &str, shape: &[usize]) -> Vec<f32> {
    let count: usize = shape.iter().product();
    // The autoencoder's last convolution has to say something, or nothing reaches what comes before it.
    let is_nothing = NOTHING.iter().any(|part| name.contains(part))
        && !name.contains("coder.conv_out")
        // What prompts say has to reach the picture for anything to be learned of it.
        && !name.contains(".attn2.");
    let louder: f32 = LOUDER.iter().filter(|(part, _)| name.contains(part)).map(|(_, by)| by).product();
    match shape {
        [_] if name.ends_with(".weight") => vec![1.0; count],
        [] | [_] => vec![0.0; count],
        _ if is_nothing => vec![0.0; count],
        [_, rest @ ..] => {
            let deviation = if name.contains("embedding") && shape.len() == 2 && !name.contains("linear") {
                // A step of the optimizer is a thousandth: vectors that are no longer than that would be thrown about.
                1.0
            } else {
                // The deviation of torch's even distribution between both roots of one over the inputs.
                (1.0 / (3.0 * rest.iter().product::<usize>() as f32)).sqrt()
            };
            let start = name.bytes().fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
            let mut noise = Noise::new(start ^ (start >> 32));
            noise.normal(count).into_iter().map(|number| number * deviation * louder).collect()
        }
    }
}
