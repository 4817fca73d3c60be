use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, StringViewArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};

use crate::Mask;

/// The text of an expression, masked.
pub(super) fn masked(mask: Mask, text: Expr) -> Expr {
    ScalarUDF::new_from_impl(Masked { mask, signature: Signature::any(1, Volatility::Immutable) }).call(vec![text])
}

/// A function that masks text. It stands between a table and every question, so that a condition sees no more than a row.
#[derive(Debug)]
struct Masked {
    mask: Mask,
    signature: Signature,
}

// A session knows one mask.
impl PartialEq for Masked {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Masked {}

impl Hash for Masked {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl ScalarUDFImpl for Masked {
    fn name(&self) -> &'static str {
        "masked"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = arguments.number_rows;
        let Some(text) = arguments.args.into_iter().next() else {
            return Ok(ColumnarValue::Array(Arc::new(StringViewArray::new_null(rows))));
        };
        let text: ArrayRef = cast(&text.into_array(rows)?, &DataType::Utf8View)?;
        let text = text.as_string_view();
        let masked: StringViewArray = text.iter().map(|text| text.map(self.mask)).collect();
        Ok(ColumnarValue::Array(Arc::new(masked)))
    }
}
