use crate::net::{Kept, Piece};

/// How OpenCLIP names the tensors of a text tower, behind a prefix: queries, keys and values of a layer are one tensor.
pub(super) fn open_clip_piece(prefix: &str, name: &str) -> Option<Piece> {
    let of = |name: String, kept: Kept| Some(Piece { name: format!("{prefix}{name}"), kept });
    let rest = match name {
        "text_projection.weight" => return of("text_projection".to_owned(), Kept::Turned),
        "text_model.embeddings.token_embedding.weight" => {
            return of("token_embedding.weight".to_owned(), Kept::Whole);
        }
        "text_model.embeddings.position_embedding.weight" => {
            return of("positional_embedding".to_owned(), Kept::Whole);
        }
        name => name.strip_prefix("text_model.")?,
    };
    if let Some(rest) = rest.strip_prefix("final_layer_norm.") {
        return of(format!("ln_final.{rest}"), Kept::Whole);
    }
    let (layer, rest) = rest.strip_prefix("encoder.layers.")?.split_once('.')?;
    let layer = format!("transformer.resblocks.{layer}");
    for (number, part) in ["self_attn.q_proj.", "self_attn.k_proj.", "self_attn.v_proj."].into_iter().enumerate() {
        if let Some(kind) = rest.strip_prefix(part) {
            return of(format!("{layer}.attn.in_proj_{kind}"), Kept::Part { number, of: 3 });
        }
    }
    const PARTS: [(&str, &str); 5] = [
        ("self_attn.out_proj.", "attn.out_proj."),
        ("layer_norm1.", "ln_1."),
        ("layer_norm2.", "ln_2."),
        ("mlp.fc1.", "mlp.c_fc."),
        ("mlp.fc2.", "mlp.c_proj."),
    ];
    let (part, kind) = PARTS.iter().find_map(|(new, old)| Some((old, rest.strip_prefix(new)?)))?;
    of(format!("{layer}.{part}{kind}"), Kept::Whole)
}
