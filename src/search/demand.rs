//! The demands on an article: the words that are demanded, and all of the query as typed.

use crate::engine::plan::{AS_TYPED, Evidence, Occur, Plan, Scope, Unit};
use crate::query::{Clause, Query};
use crate::text::fold::fold;
use std::collections::HashSet;

/// The units that an article must have to hold all of the query as typed: of each clause the unit
/// that is the clause, or else all of its words that are wanted.
pub fn whole(query: &Query, plan: &Plan) -> Vec<usize> {
    let typed = query.clauses.iter().filter_map(|clause| match clause {
        Clause::Words(text) | Clause::Must(text) => Some(fold(text)),
        _ => None,
    });
    let mut whole = Vec::new();
    for text in typed {
        let counts = |unit: &Unit| {
            let full = unit.evidence.iter().any(|(weight, _)| *weight >= AS_TYPED);
            full && matches!(unit.occur, Occur::Wanted | Occur::Bonus)
        };
        let units = || plan.units.iter().enumerate().filter(|(_, unit)| counts(unit));
        let itself = units().find(|(_, unit)| unit.label == text.trim()).map(|(u, _)| u);
        let wanted = units()
            .filter(|(_, unit)| unit.occur == Occur::Wanted && text.contains(unit.label.as_str()));
        // The number that parts a quantity from a longer one only scores, and belongs to it.
        let figures = |label: &str| label.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b','));
        let number = |unit: &Unit| unit.occur == Occur::Bonus && figures(&unit.label);
        let within = |unit: &Unit| number(unit) && text.contains(unit.label.as_str());
        whole.extend(units().filter(|(_, unit)| within(unit)).map(|(u, _)| u));
        match itself {
            Some(unit) => whole.push(unit),
            None => whole.extend(wanted.map(|(u, _)| u)),
        }
    }
    whole.sort_unstable();
    whole.dedup();
    whole
}

/// Where words are demanded, the article must have all of them, and the other plain words only
/// score. What asks for something that has no evidence asks for what no article has.
pub fn demand(query: &Query, plan: &mut Plan) {
    let demanded: HashSet<String> = query
        .clauses
        .iter()
        .filter_map(|clause| if let Clause::Must(word) = clause { Some(fold(word)) } else { None })
        .collect();
    if !demanded.is_empty() {
        let plain = |unit: &&mut Unit| unit.occur == Occur::Wanted;
        for unit in plan.units.iter_mut().filter(plain) {
            if !demanded.contains(&unit.label) {
                unit.occur = Occur::Bonus;
            }
        }
        plan.minimum = plan.units.iter().filter(|u| u.occur == Occur::Wanted).count();
        plan.fallback = plan.minimum;
    }
    if !query.is_empty() && plan.units.iter().all(|unit| unit.occur == Occur::Excluded) {
        let (label, evidence) = (query.to_string(), vec![(1.0, Evidence::Phrase(Vec::new()))]);
        let (occur, scope) = (Occur::Required, Scope::Anywhere);
        plan.units.push(Unit { label, occur, scope, evidence });
    }
}

/// The number of same:( ) and near/N:( ) in a clause.
pub fn groups_of(clause: &Clause) -> usize {
    match clause {
        Clause::Same(_) | Clause::Near(..) => 1,
        Clause::Any(all) => all.iter().map(groups_of).sum(),
        Clause::Not(inner) | Clause::Title(inner) => groups_of(inner),
        _ => 0,
    }
}
