use super::Fault;
use super::value::{Id, Tensor, Value};

/// Values that are visited: a few pickled bytes can lead to one value on very many ways.
const VISITS: usize = 1_000_000;
/// Dicts and objects inside each other.
const DEPTH: usize = 32;
/// Characters of a tensor's name.
const NAME: usize = 512;

/// The tensors below `root`, each with the path to it.
pub(super) fn walk(values: &[Value], root: Id) -> Result<Vec<(String, Tensor)>, Fault> {
    let mut walk = Walk { values, visits: 0, found: Vec::new() };
    walk.visit(root, "", 0)?;
    Ok(walk.found)
}

struct Walk<'a> {
    values: &'a [Value],
    visits: usize,
    found: Vec<(String, Tensor)>,
}

impl Walk<'_> {
    fn visit(&mut self, id: Id, path: &str, depth: usize) -> Result<(), Fault> {
        self.visits += 1;
        if self.visits > VISITS || depth > DEPTH || path.len() > NAME {
            return Err(Fault::Broken("nests too many values".to_owned()));
        }
        match self.values.get(id) {
            Some(Value::Tensor(tensor)) => self.found.push((path.to_owned(), tensor.clone())),
            Some(Value::Object(Some(attributes))) => self.visit(*attributes, path, depth + 1)?,
            Some(Value::Dict(dict)) => {
                for (key, value) in dict {
                    if let Some(Value::Text(key)) = self.values.get(*key) {
                        let below = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
                        self.visit(*value, &below, depth + 1)?;
                    }
                }
            }
            // Lists of tensors are an optimiser's or a program's; weights have names.
            _ => {}
        }
        Ok(())
    }
}
