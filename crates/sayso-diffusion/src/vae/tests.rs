#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::Vae;
use crate::fixture::{distance, path, tensors};
use crate::net::Parameters;
use crate::ops::plain::tests::plainly;

const WEIGHTS: &str = "model/vae/diffusion_pytorch_model.safetensors";

#[test]
fn it_gives_what_diffusers_gives_both_ways() {
    let cases = tensors("cases.safetensors");
    let (vae, _) = Vae::open(&path("model/vae"), Parameters::fixed(&path(WEIGHTS)).unwrap()).unwrap();
    let moments = vae.encode(&cases["vae.picture"]).unwrap();
    let decoded = vae.decode(&cases["vae.latents"]).unwrap();
    let made = [("vae.mean", &moments.mean), ("vae.logvar", &moments.log_variance), ("vae.decoded", &decoded)];
    for (name, made) in made {
        let error = distance(made, &cases[name]);
        println!("{name}: {error:e}");
        assert!(error <= 1e-5, "{name}: {error}");
    }
}

#[test]
fn tiles_are_put_together_as_diffusers_does() {
    let cases = tensors("families.safetensors");
    let (vae, _) = Vae::open(&path("model/vae"), Parameters::fixed(&path(WEIGHTS)).unwrap()).unwrap();
    let decoded = vae.decode_while(&cases["tiles"], true, &mut || Ok(())).unwrap();
    let whole = vae.decode(&cases["tiles"]).unwrap();
    assert!(distance(&whole, &decoded) > 1e-4, "tiles change something");
    let moments = vae.encode_tiled(&cases["tiles.decoded"].clamp(-1.0_f32, 1.0_f32).unwrap()).unwrap();
    let made = [("tiles.decoded", &decoded), ("tiles.mean", &moments.mean), ("tiles.logvar", &moments.log_variance)];
    for (name, made) in made {
        let error = distance(made, &cases[name]);
        println!("{name}: {error:e}");
        assert!(error <= 1e-5, "{name}: {error}");
    }
    // What fits into one tile is not cut.
    let small = cases["tiles"].narrow(2, 0, 8).unwrap().narrow(3, 0, 8).unwrap();
    let made = vae.decode_while(&small, true, &mut || Ok(())).unwrap();
    assert!(distance(&made, &vae.decode(&small).unwrap()) == 0.0);
}

#[test]
fn names_of_older_files_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let old = [("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")];
    let renamed: std::collections::HashMap<_, _> = tensors(WEIGHTS)
        .into_iter()
        .map(|(name, tensor)| {
            let rename =
                |name: String, (new, old): &(&str, &str)| name.replace(&format!(".{new}."), &format!(".{old}."));
            (old.iter().fold(name, rename), tensor)
        })
        .collect();
    assert!(renamed.contains_key("decoder.mid_block.attentions.0.proj_attn.weight"));
    let file = folder.path().join("old.safetensors");
    candle_core::safetensors::save(&renamed, &file).unwrap();
    let cases = tensors("cases.safetensors");
    let (vae, _) = Vae::open(&path("model/vae"), Parameters::fixed(&file).unwrap()).unwrap();
    assert!(distance(&vae.decode(&cases["vae.latents"]).unwrap(), &cases["vae.decoded"]) <= 1e-5);
}

#[test]
fn all_that_is_wrong_with_the_tensors_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut tensors = tensors(WEIGHTS);
    let zeros = tensors.remove("quant_conv.bias").unwrap().zeros_like().unwrap();
    tensors.insert("decoder.nobody".to_owned(), zeros.clone());
    tensors.insert("decoder.conv_out.bias".to_owned(), zeros.clone());
    tensors.insert("encoder.conv_in.bias".to_owned(), (&zeros / &zeros).unwrap());
    let file = folder.path().join("wrong.safetensors");
    candle_core::safetensors::save(&tensors, &file).unwrap();
    let Err(error) = Vae::open(&path("model/vae"), Parameters::fixed(&file).unwrap()) else {
        panic!("opened");
    };
    let error = error.to_string();
    for part in [
        "`quant_conv.bias` is missing",
        "`decoder.nobody` is none that this net has",
        "`decoder.conv_out.bias` has the shape [8] and not [3]",
        "`encoder.conv_in.bias` holds what is no number",
        "\nhint: ",
    ] {
        assert!(error.contains(part), "{part} is not in {error}");
    }
    assert_eq!(error.matches('`').count(), 2 + 4 * 2, "{error}");
}

#[test]
fn candles_own_operations_give_the_same() {
    plainly(it_gives_what_diffusers_gives_both_ways);
    plainly(tiles_are_put_together_as_diffusers_does);
}
