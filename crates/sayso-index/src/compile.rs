use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query as EngineQuery, RangeQuery,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use crate::facets::{language_term, step_term};
use crate::query::{Clause, Pattern, Query, Wish};
use crate::schema::{CAPTION, CREATOR, FACT, LICENCE, NO_LICENCE, SITE, VERDICT};

/// How much more a word counts in the creator than in the caption: whoever types a name looks for the person.
const CREATOR_BOOST: f32 = 2.0;

/// A query in the engine's terms.
pub(crate) struct Compiled {
    pub(crate) query: Box<dyn EngineQuery>,
    /// Whether hits differ in how well they match; a query of sites, licences and negations only divides.
    pub(crate) is_ranked: bool,
    /// Whether the engine can find the best hits without looking at most of the others: it can for a single word.
    pub(crate) is_prunable: bool,
}

pub(crate) fn compile(query: &Query) -> Compiled {
    let is_ranked = query.clauses().iter().any(ranks);
    let is_prunable = match query.clauses() {
        [Clause { is_negated: false, wish: Wish::Anywhere(word) | Wish::Caption(word) | Wish::Creator(word) }] => {
            word.terms().len() == 1
        }
        _ => false,
    };
    let mut clauses: Vec<(Occur, Box<dyn EngineQuery>)> = Vec::new();
    if query.clauses().iter().all(|clause| clause.is_negated) {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    for clause in query.clauses() {
        let occur = if clause.is_negated { Occur::MustNot } else { Occur::Must };
        let compiled = wish(&clause.wish);
        // What only divides must not lift the scores of those it lets through.
        let compiled = if ranks(clause) { compiled } else { Box::new(ConstScoreQuery::new(compiled, 0.0)) };
        clauses.push((occur, compiled));
    }
    Compiled { query: single_or_all(clauses), is_ranked, is_prunable }
}

fn ranks(clause: &Clause) -> bool {
    !clause.is_negated && matches!(clause.wish, Wish::Anywhere(_) | Wish::Caption(_) | Wish::Creator(_))
}

fn single_or_all(mut clauses: Vec<(Occur, Box<dyn EngineQuery>)>) -> Box<dyn EngineQuery> {
    match clauses.pop() {
        Some((Occur::Must, only)) if clauses.is_empty() => only,
        last => {
            clauses.extend(last);
            Box::new(BooleanQuery::new(clauses))
        }
    }
}

fn wish(wish: &Wish) -> Box<dyn EngineQuery> {
    match wish {
        Wish::Anywhere(pattern) => {
            let creator = Box::new(BoostQuery::new(words(CREATOR, pattern), CREATOR_BOOST));
            Box::new(BooleanQuery::union(vec![words(CAPTION, pattern), creator]))
        }
        Wish::Caption(pattern) => words(CAPTION, pattern),
        Wish::Creator(pattern) => words(CREATOR, pattern),
        Wish::Site(host) => term(SITE, host),
        Wish::NoLicence => term(LICENCE, NO_LICENCE),
        Wish::Licence(start) => starting_with(LICENCE, start),
        Wish::Verdict(stance) => term(VERDICT, stance.as_str()),
        Wish::Language(language) => term(FACT, &language_term(language)),
        Wish::Steps(field, first, last) => between(FACT, &step_term(*field, *first), &step_term(*field, *last)),
    }
}

fn words(field: Field, pattern: &Pattern) -> Box<dyn EngineQuery> {
    match pattern.terms() {
        [(_, only)] => Box::new(TermQuery::new(Term::from_field_text(field, only), IndexRecordOption::WithFreqs)),
        terms => {
            let terms = terms.iter().map(|(offset, term)| (*offset, Term::from_field_text(field, term)));
            Box::new(PhraseQuery::new_with_offset(terms.collect()))
        }
    }
}

fn term(field: Field, text: &str) -> Box<dyn EngineQuery> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

fn between(field: Field, first: &str, last: &str) -> Box<dyn EngineQuery> {
    let bound = |text: &str| Bound::Included(Term::from_field_text(field, text));
    Box::new(RangeQuery::new(bound(first), bound(last)))
}

fn starting_with(field: Field, start: &str) -> Box<dyn EngineQuery> {
    // No UTF-8 text holds this byte, so it comes after every text with the same start.
    let mut beyond = start.as_bytes().to_vec();
    beyond.push(0xff);
    let mut end = Term::from_field_text(field, "");
    end.append_bytes(&beyond);
    Box::new(RangeQuery::new(Bound::Included(Term::from_field_text(field, start)), Bound::Excluded(end)))
}
