use std::rc::Rc;

use super::super::Element;
use super::Fault;
use super::value::{Id, Storage, Tensor, Value};

/// Bytes of the name of a function, class or storage; the longest known has below 200.
const NAME: usize = 1024;
/// Sides of a tensor.
const SIDES: usize = 8;

/// What a call would return: only those are known that torch writes where tensors are.
pub(super) fn reduced(values: &[Value], callee: Id, arguments: Id) -> Result<Value, Fault> {
    let name = global(values, callee)?;
    let arguments = row(values, arguments)?;
    match name.as_str() {
        "torch._utils._rebuild_tensor_v2" | "torch._utils._rebuild_tensor" => tensor(values, arguments),
        "collections.OrderedDict" => Ok(Value::Dict(Vec::new())),
        "torch._utils._rebuild_parameter"
        | "torch.jit._pickle.restore_type_tag"
        | "torch.jit._pickle.build_intlist"
        | "torch.jit._pickle.build_tensorlist"
        | "torch.jit._pickle.build_doublelist"
        | "torch.jit._pickle.build_boollist" => same(values, arguments),
        "torch.device" => Ok(Value::Plain),
        other => Err(Fault::Call(other.chars().take(200).collect())),
    }
}

/// An object of a class. TorchScript's modules are objects of classes that stand in the file itself, below `__torch__`.
pub(super) fn object(values: &[Value], class: Id) -> Result<Value, Fault> {
    match global(values, class)?.as_str() {
        "collections.OrderedDict" => Ok(Value::Dict(Vec::new())),
        name if name.starts_with("__torch__.") => Ok(Value::Object(None)),
        other => Err(Fault::Call(other.chars().take(200).collect())),
    }
}

/// The storage that a persistent id names: `("storage", class, key, device, count)`.
pub(super) fn storage(values: &[Value], id: Id) -> Result<Value, Fault> {
    let unknown = || Fault::Broken("names a storage in an unknown way".to_owned());
    let [kind, class, key, ..] = row(values, id)? else {
        return Err(unknown());
    };
    if &*name(values, *kind)? != "storage" {
        return Err(unknown());
    }
    let class = global(values, *class)?;
    let element = class.strip_prefix("torch.").and_then(Element::of_storage).ok_or_else(|| {
        Fault::Broken(format!("names the unknown storage `{}`", class.chars().take(80).collect::<String>()))
    })?;
    Ok(Value::Storage(Storage { element, key: name(values, *key)? }))
}

/// The name that a value is: the same text, and not another of its own.
pub(super) fn name(values: &[Value], id: Id) -> Result<Rc<str>, Fault> {
    match values.get(id) {
        Some(Value::Text(text)) if text.len() <= NAME => Ok(Rc::clone(text)),
        Some(Value::Text(_)) => Err(too_long()),
        _ => Err(Fault::Broken("has something else where a text belongs".to_owned())),
    }
}

fn too_long() -> Fault {
    Fault::Broken(format!("has a name of more than {NAME} bytes"))
}

/// The name of a function or class, with that of its module.
fn global(values: &[Value], id: Id) -> Result<String, Fault> {
    match values.get(id) {
        Some(Value::Global(module, name)) if module.len() <= NAME && name.len() <= NAME => {
            Ok(format!("{module}.{name}"))
        }
        Some(Value::Global(..)) => Err(too_long()),
        _ => Err(Fault::Broken("calls what is no function".to_owned())),
    }
}

fn row(values: &[Value], id: Id) -> Result<&[Id], Fault> {
    match values.get(id) {
        Some(Value::Row(row)) => Ok(row),
        _ => Err(Fault::Broken("has something else where a tuple belongs".to_owned())),
    }
}

/// What a call returns that only dresses its first argument up.
fn same(values: &[Value], arguments: &[Id]) -> Result<Value, Fault> {
    match arguments.first().and_then(|first| values.get(*first)) {
        Some(value @ Value::Tensor(_)) => Ok(value.clone()),
        // A copy of a list would let a short pickle make much of little, and no tensor's place lies in one.
        Some(_) => Ok(Value::Plain),
        None => Err(Fault::Broken("makes a parameter of nothing".to_owned())),
    }
}

/// `(storage, offset, shape, strides, …)`.
fn tensor(values: &[Value], arguments: &[Id]) -> Result<Value, Fault> {
    let unknown = || Fault::Broken("places a tensor in an unknown way".to_owned());
    let [storage, offset, shape, strides, ..] = arguments else {
        return Err(unknown());
    };
    let (Some(Value::Storage(storage)), Some(Value::Int(offset))) = (values.get(*storage), values.get(*offset)) else {
        return Err(unknown());
    };
    let sides = |id: Id| {
        let row = row(values, id)?;
        // Before they are gathered: a short pickle may name a long row often.
        if row.len() > SIDES {
            return Err(unknown());
        }
        row.iter()
            .map(|side| match values.get(*side) {
                Some(Value::Int(side)) => usize::try_from(*side).map_err(|_| unknown()),
                _ => Err(unknown()),
            })
            .collect::<Result<Vec<_>, _>>()
    };
    let (shape, strides) = (sides(*shape)?, sides(*strides)?);
    Ok(Value::Tensor(Tensor {
        storage: Rc::clone(&storage.key),
        element: storage.element,
        offset: u64::try_from(*offset).map_err(|_| unknown())?,
        shape,
        strides,
    }))
}
