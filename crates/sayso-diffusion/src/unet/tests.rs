#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::UNet;
use crate::fixture::{distance, path, tensors};
use crate::net::Parameters;
use crate::ops::plain::tests::plainly;
use crate::ops::recorded;

fn weights() -> std::path::PathBuf {
    path("model/unet/diffusion_pytorch_model.safetensors")
}

#[test]
fn it_gives_what_diffusers_gives() {
    let cases = tensors("cases.safetensors");
    let (net, _) = UNet::open(&path("model/unet"), Parameters::fixed(&weights()).unwrap()).unwrap();
    let steps = cases["unet.steps"].to_vec1::<f32>().unwrap();
    let made = net.forward(&cases["unet.x"], &steps, &cases["unet.context"]).unwrap();
    let error = distance(&made, &cases["unet.y"]);
    println!("unet: {error:e}");
    assert!(error <= 1e-5, "{error}");
    // Sides that do not halve: what is doubled on the way up has to end where it came from.
    let text = cases["unet.context"].narrow(0, 0, 1).unwrap();
    let error = distance(&net.forward(&cases["unet.odd.x"], &[999.0], &text).unwrap(), &cases["unet.odd.y"]);
    println!("unet, odd sides: {error:e}");
    assert!(error <= 1e-5, "{error}");
}

#[test]
fn every_parameter_gets_the_gradient_that_torch_gives() {
    let cases = tensors("cases.safetensors");
    let expected = tensors("gradients.safetensors");
    let (net, complete) = UNet::open(&path("model/unet"), Parameters::trainable(&weights()).unwrap()).unwrap();
    let steps = cases["unet.steps"].to_vec1::<f32>().unwrap();
    let (loss, record) = recorded(|| {
        let made = net.forward(&cases["unet.x"], &steps, &cases["unet.context"]).unwrap();
        (made - &cases["unet.target"]).unwrap().sqr().unwrap().mean_all().unwrap()
    });
    let torch = cases["unet.loss"].to_vec1::<f32>().unwrap()[0];
    assert!((loss.to_scalar::<f32>().unwrap() - torch).abs() / torch <= 1e-5);
    let gradients = record.back(&loss).unwrap();
    assert_eq!(complete.variables.len(), expected.len());
    let mut worst = (0.0, String::new());
    for (name, variable) in &complete.variables {
        let gradient = gradients.get(variable).unwrap_or_else(|| panic!("{name} gets no gradient"));
        let error = distance(gradient, &expected[name]);
        if error > worst.0 {
            worst = (error, name.clone());
        }
    }
    println!("gradients of {} parameters: {:e} at {}", expected.len(), worst.0, worst.1);
    assert!(worst.0 <= 1e-3, "{worst:?}");
}

#[test]
fn candles_own_operations_give_the_same() {
    plainly(it_gives_what_diffusers_gives);
    plainly(every_parameter_gets_the_gradient_that_torch_gives);
}
