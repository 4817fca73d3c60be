use std::collections::HashMap;

use super::Fault;
use super::call;
use super::reader::Reader;
use super::value::{Id, Value};

/// Runs a pickle to its end: all values, and which of them it is about.
pub(super) fn run(pickle: &[u8]) -> Result<(Vec<Value>, Id), Fault> {
    let mut machine =
        Machine { reader: Reader::new(pickle), values: Vec::new(), stack: Vec::new(), memo: HashMap::new() };
    loop {
        if let Some(root) = machine.step()? {
            return Ok((machine.values, root));
        }
    }
}

/// What lies on the stack.
#[derive(Debug, Clone, Copy)]
enum Slot {
    Value(Id),
    /// Where a tuple, list or dict began.
    Mark,
}

/// Every instruction takes a byte or more and makes at most one value, so that memory grows with the pickle alone.
struct Machine<'a> {
    reader: Reader<'a>,
    values: Vec<Value>,
    stack: Vec<Slot>,
    memo: HashMap<u64, Id>,
}

impl Machine<'_> {
    /// One instruction; the value that the pickle is about when it was the last.
    fn step(&mut self) -> Result<Option<Id>, Fault> {
        let code = self.reader.number(1)?;
        match u8::try_from(code).unwrap_or_default() {
            b'.' => return self.pop().map(Some),
            0x80 => drop(self.reader.take(1)?),
            0x95 => drop(self.reader.take(8)?),
            b'(' => self.stack.push(Slot::Mark),
            b'0' => drop(self.stack.pop()),
            b'1' => drop(self.down_to_mark()?),
            b'2' => {
                let top = self.top()?;
                self.stack.push(Slot::Value(top));
            }
            b'N' | 0x88 | 0x89 => self.push(Value::Plain),
            b'G' => {
                self.reader.take(8)?;
                self.push(Value::Plain);
            }
            b'B' => self.bytes(4)?,
            b'C' => self.bytes(1)?,
            0x8e => self.bytes(8)?,
            b'J' => {
                let number = self.reader.number(4)?;
                self.push(Value::Int(i64::from(u32::try_from(number).unwrap_or_default().cast_signed())));
            }
            b'K' => self.unsigned(1)?,
            b'M' => self.unsigned(2)?,
            0x8a => self.long(1)?,
            0x8b => self.long(4)?,
            b'X' | b'T' => self.text(4)?,
            0x8c | b'U' => self.text(1)?,
            0x8d => self.text(8)?,
            b')' | b']' => self.push(Value::Row(Vec::new())),
            b'}' => self.push(Value::Dict(Vec::new())),
            b't' | b'l' => {
                let row = self.down_to_mark()?;
                self.push(Value::Row(row));
            }
            code @ 0x85..=0x87 => self.small_tuple(usize::from(code - 0x84))?,
            b'd' => {
                let row = self.down_to_mark()?;
                self.push(Value::Dict(pairs(&row)));
            }
            b'a' => {
                let last = self.pop()?;
                self.append(&[last])?;
            }
            b'e' => {
                let row = self.down_to_mark()?;
                self.append(&row)?;
            }
            b's' => {
                let value = self.pop()?;
                let key = self.pop()?;
                self.set(&[key, value])?;
            }
            b'u' => {
                let row = self.down_to_mark()?;
                self.set(&row)?;
            }
            b'c' => {
                let (module, name) = (self.reader.line()?, self.reader.line()?);
                self.push(Value::Global(module.into(), name.into()));
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (module, name) = (call::name(&self.values, module)?, call::name(&self.values, name)?);
                self.push(Value::Global(module, name));
            }
            b'R' => {
                let (arguments, callee) = (self.pop()?, self.pop()?);
                let value = call::reduced(&self.values, callee, arguments)?;
                self.push(value);
            }
            0x81 => {
                let (_, class) = (self.pop()?, self.pop()?);
                let value = call::object(&self.values, class)?;
                self.push(value);
            }
            b'b' => self.build()?,
            b'Q' => {
                let id = self.pop()?;
                let value = call::storage(&self.values, id)?;
                self.push(value);
            }
            b'q' => self.remember(1)?,
            b'r' => self.remember(4)?,
            0x94 => {
                let top = self.top()?;
                self.memo.insert(self.memo.len() as u64, top);
            }
            b'h' => self.recall(1)?,
            b'j' => self.recall(4)?,
            other => {
                return Err(Fault::Broken(format!("holds the instruction {other:#04x}, which weights do not need")));
            }
        }
        Ok(None)
    }

    fn push(&mut self, value: Value) {
        self.stack.push(Slot::Value(self.values.len()));
        self.values.push(value);
    }

    fn pop(&mut self) -> Result<Id, Fault> {
        match self.stack.pop() {
            Some(Slot::Value(id)) => Ok(id),
            Some(Slot::Mark) | None => Err(Fault::Broken("takes from an empty stack".to_owned())),
        }
    }

    fn top(&self) -> Result<Id, Fault> {
        match self.stack.last() {
            Some(Slot::Value(id)) => Ok(*id),
            Some(Slot::Mark) | None => Err(Fault::Broken("takes from an empty stack".to_owned())),
        }
    }

    /// All values above the last mark, which goes.
    fn down_to_mark(&mut self) -> Result<Vec<Id>, Fault> {
        let mut row = Vec::new();
        while let Some(slot) = self.stack.pop() {
            match slot {
                Slot::Value(id) => row.push(id),
                Slot::Mark => {
                    row.reverse();
                    return Ok(row);
                }
            }
        }
        Err(Fault::Broken("takes from an empty stack".to_owned()))
    }

    fn bytes(&mut self, length_bytes: usize) -> Result<(), Fault> {
        self.reader.counted(length_bytes)?;
        self.push(Value::Plain);
        Ok(())
    }

    fn unsigned(&mut self, bytes: usize) -> Result<(), Fault> {
        let number = self.reader.number(bytes)?;
        self.push(Value::Int(number.cast_signed()));
        Ok(())
    }

    fn long(&mut self, length_bytes: usize) -> Result<(), Fault> {
        let value = self.reader.long(length_bytes)?.map_or(Value::Plain, Value::Int);
        self.push(value);
        Ok(())
    }

    fn text(&mut self, length_bytes: usize) -> Result<(), Fault> {
        let text = self.reader.text(length_bytes)?;
        self.push(Value::Text(text.into()));
        Ok(())
    }

    fn small_tuple(&mut self, count: usize) -> Result<(), Fault> {
        let mut row = (0..count).map(|_| self.pop()).collect::<Result<Vec<_>, _>>()?;
        row.reverse();
        self.push(Value::Row(row));
        Ok(())
    }

    fn append(&mut self, more: &[Id]) -> Result<(), Fault> {
        let top = self.top()?;
        match self.values.get_mut(top) {
            Some(Value::Row(row)) => row.extend_from_slice(more),
            _ => return Err(Fault::Broken("appends to what is no list".to_owned())),
        }
        Ok(())
    }

    fn set(&mut self, more: &[Id]) -> Result<(), Fault> {
        let top = self.top()?;
        match self.values.get_mut(top) {
            Some(Value::Dict(dict)) => dict.extend(pairs(more)),
            _ => return Err(Fault::Broken("sets a key of what is no dict".to_owned())),
        }
        Ok(())
    }

    /// Gives an object its attributes. Of a dict with attributes of its own, as state dicts are, the dict counts.
    fn build(&mut self) -> Result<(), Fault> {
        let state = self.pop()?;
        let top = self.top()?;
        if let Some(Value::Object(attributes)) = self.values.get_mut(top) {
            *attributes = Some(state);
        }
        Ok(())
    }

    fn remember(&mut self, bytes: usize) -> Result<(), Fault> {
        let key = self.reader.number(bytes)?;
        let top = self.top()?;
        self.memo.insert(key, top);
        Ok(())
    }

    fn recall(&mut self, bytes: usize) -> Result<(), Fault> {
        let key = self.reader.number(bytes)?;
        let id = self.memo.get(&key).ok_or_else(|| Fault::Broken("recalls what it did not remember".to_owned()))?;
        self.stack.push(Slot::Value(*id));
        Ok(())
    }
}

fn pairs(row: &[Id]) -> Vec<(Id, Id)> {
    row.as_chunks().0.iter().map(|[key, value]| (*key, *value)).collect()
}
