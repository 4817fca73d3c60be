use datafusion::logical_expr::{Between, BinaryExpr, Expr, Operator};

/// Conditions that nest deeper are worked out on rows that are there.
const DEPTH: usize = 20;

/// Whether a condition can be asked of any row without failing: columns as they are, compared with values that were given, and what
/// follows from that by `and`, `or` and `not`. No cast, no function, nothing computed.
pub(super) fn is_harmless(condition: &Expr) -> bool {
    within(condition, DEPTH)
}

fn within(condition: &Expr, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match condition {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And | Operator::Or, right }) => {
            within(left, depth) && within(right, depth)
        }
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => is_comparison(*op) && is_plain(left) && is_plain(right),
        Expr::Not(inner) => within(inner, depth),
        Expr::IsNull(inner) | Expr::IsNotNull(inner) => is_plain(inner),
        Expr::Between(Between { expr, low, high, .. }) => is_plain(expr) && is_plain(low) && is_plain(high),
        Expr::InList(list) => is_plain(&list.expr) && list.list.iter().all(is_plain),
        _ => false,
    }
}

fn is_comparison(operator: Operator) -> bool {
    use Operator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
    matches!(operator, Eq | NotEq | Lt | LtEq | Gt | GtEq)
}

fn is_plain(part: &Expr) -> bool {
    matches!(part, Expr::Column(_) | Expr::Literal(..))
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::DataType;
    use datafusion::logical_expr::{cast, ident, lit};

    use super::is_harmless;

    #[test]
    fn only_comparisons_of_columns_with_values_cannot_fail() {
        let domain = || ident("domain").eq(lit("example.org"));
        assert!(is_harmless(&domain()));
        assert!(is_harmless(&domain().and(ident("width").gt(lit(3)).or(ident("url").is_null()))));
        assert!(is_harmless(&ident("width").in_list(vec![lit(1), lit(2)], true)));
        assert!(!is_harmless(&cast(ident("caption"), DataType::Int32).gt(lit(3))));
        assert!(!is_harmless(&domain().and((lit(1) / ident("width")).eq(lit(3)))));
        assert!(!is_harmless(&ident("caption").like(lit("%a%"))));
        let deep = (0..100).fold(domain(), |inner, _| !inner);
        assert!(!is_harmless(&deep));
    }
}
