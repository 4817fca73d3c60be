use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use crate::{SqlError, SqlLimits};

/// Words and signs of a question. They nest at most as deep as they are many, which the threads have stacks for. Values and
/// the commas between them do not count: a list of them is long, not deep.
const MOST_PARTS: usize = 2_000;

/// That a question can be read and planned without more stack than there is.
pub(crate) fn check_size(question: &str, limits: &SqlLimits) -> Result<(), SqlError> {
    if question.len() > limits.question_bytes {
        return Err(SqlError::TooLong { most: limits.question_bytes, what: "bytes" });
    }
    let tokens = Tokenizer::new(&GenericDialect {}, question).tokenize();
    let tokens = tokens.map_err(|error| SqlError::Syntax { message: error.to_string() })?;
    if tokens.iter().filter(|token| is_part(token)).count() > MOST_PARTS {
        return Err(SqlError::TooLong { most: MOST_PARTS, what: "words and signs" });
    }
    Ok(())
}

fn is_part(token: &Token) -> bool {
    !matches!(token, Token::Whitespace(_) | Token::Comma | Token::Number(..) | Token::SingleQuotedString(_))
}
