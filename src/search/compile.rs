//! Compiles a query into a plan: which evidence is looked for, with which weight, and what must
//! hold.

use super::demand::{demand, groups_of, whole};
use super::evidence::{CompileContext, day_of, number_of, piece_evidence, token_evidence};
use super::lexicon::{Lexicon, Likeness, Synonym};
use super::number::is_han;
use super::pieces::{LONGEST_TYPED, Piece, PieceKind, pieces};
use crate::engine::plan::{Evidence, Occur, Plan, Scope, Unit};
use crate::engine::ranking::Ranking;
use crate::query::{Clause, Query};
use crate::text::Span;
use crate::text::exact::{exact, is_exact_char};
use crate::text::fold::fold;
use std::collections::HashSet;

/// At most so many units: a hostile query of thousands of words is answered by its first ones, and
/// a remark says so.
pub const MOST_UNITS: usize = 128;

/// At most so many same:( ) and near/N:( ): each of them reads positions all over the archive.
pub const MOST_GROUPS: usize = 8;

/// The plan of a query.
///
/// ```no_run
/// # use jianbao::{definition::Definition, search::{Lexicon, Ranking, compile},
/// text::word::Segmenter};
/// # let definition = Definition::embedded();
/// let lexicon = Lexicon::new(&definition, Segmenter::new(&definition).unwrap());
/// let (query, _) = jianbao::query::parse("百度 大模型");
/// assert_eq!(compile(&query, &lexicon, &Ranking::default()).units.len(), 2);
/// ```
pub fn compile(query: &Query, lexicon: &Lexicon, ranking: &Ranking) -> Plan {
    let mut plan = Plan::default();
    let mut seen: HashSet<(String, Occur, Scope)> = HashSet::new();
    let context = CompileContext { lexicon, ranking };
    let mut groups = 0;
    for (i, clause) in query.clauses.iter().enumerate() {
        if plan.units.len() >= MOST_UNITS {
            plan.left_out += query.clauses.len() - i;
            break;
        }
        let known = plan.units.len();
        add_clause(clause, Occur::Wanted, Scope::Anywhere, &context, &mut plan);
        // Saying a thing again asks for nothing more.
        let mut added = plan.units.split_off(known);
        added.retain(|unit| seen.insert((unit.label.clone(), unit.occur, unit.scope)));
        let read = groups_of(clause);
        if read > 0 && !added.is_empty() {
            groups += read;
            if groups > MOST_GROUPS {
                plan.left_out += 1;
                continue;
            }
        }
        plan.units.append(&mut added);
    }
    if plan.units.len() > MOST_UNITS {
        plan.left_out += 1;
        plan.units.truncate(MOST_UNITS);
    }
    join_names(query, &mut plan);
    let style = lighten(&mut plan, lexicon, ranking);
    lighten_singles(&mut plan);
    let wanted = plan.units.iter().filter(|u| u.occur == Occur::Wanted).count();
    let required = plan.units.iter().any(|u| u.occur == Occur::Required);
    let typed = query.clauses.iter().filter(|clause| matches!(clause, Clause::Words(_))).count();
    // Words set apart by spaces are meant as a list: at least half of them, however many the
    // segmenter makes of them.
    let listed = if typed >= 2 && style == QueryStyle::Keywords { wanted.div_ceil(2) } else { 0 };
    plan.minimum = if required && style == QueryStyle::Sentence {
        0
    } else {
        minimum(wanted, style, ranking).max(listed)
    };
    plan.fallback = usize::from(!required);
    demand(query, &mut plan);
    plan.whole = whole(query, &plan);
    plan
}

/// A single character beside other words only scores: it stands in too many articles to be asked
/// for.
fn lighten_singles(plan: &mut Plan) {
    let single = |unit: &Unit| unit.label.chars().nth(1).is_none();
    let wanted = |unit: &Unit| matches!(unit.occur, Occur::Wanted | Occur::Required);
    if plan.units.iter().any(|unit| wanted(unit) && !single(unit)) {
        for unit in plan.units.iter_mut().filter(|u| u.occur == Occur::Wanted && single(u)) {
            unit.occur = Occur::Bonus;
        }
    }
}

/// The style of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QueryStyle {
    /// Words that say what is looked for, and nothing else.
    Keywords,
    /// A sentence: its answer may put it otherwise.
    Sentence,
}

/// The number of `wanted` words that an article must have. Of key words all of one or two, two of
/// three, then a share; of a sentence always a share, since it has words that its answer lacks.
fn minimum(wanted: usize, style: QueryStyle, ranking: &Ranking) -> usize {
    let share =
        if style == QueryStyle::Keywords { ranking.minimum_keywords } else { ranking.minimum };
    let share = (wanted as f32 * share).ceil() as usize;
    match (wanted, style) {
        (0..=1, _) | (2, QueryStyle::Keywords) => wanted,
        (3, QueryStyle::Keywords) => 2,
        (n, _) => share.clamp(1, n - 1),
    }
}

/// Lets words that only say how something is asked weigh little, unless there are no others.
fn lighten(plan: &mut Plan, lexicon: &Lexicon, ranking: &Ranking) -> QueryStyle {
    let light = |unit: &Unit| unit.scope == Scope::Anywhere && lexicon.is_light(&unit.label);
    let heavy =
        plan.units.iter().any(|u| matches!(u.occur, Occur::Wanted | Occur::Required) && !light(u));
    if !heavy {
        return QueryStyle::Keywords;
    }
    let mut style = QueryStyle::Keywords;
    for unit in plan.units.iter_mut().filter(|u| u.occur == Occur::Wanted && light(u)) {
        style = QueryStyle::Sentence;
        unit.occur = Occur::Bonus;
        unit.evidence.iter_mut().for_each(|(weight, _)| *weight *= ranking.question);
        // Characters like 的 stand in nearly every passage: looking at all of them changes nothing.
        unit.evidence.retain(|(_, evidence)| !matches!(evidence, Evidence::Character(_)));
    }
    plan.units.retain(|unit| !unit.evidence.is_empty());
    style
}

fn add_clause(
    clause: &Clause,
    occur: Occur,
    scope: Scope,
    context: &CompileContext<'_>,
    plan: &mut Plan,
) {
    match clause {
        Clause::Words(words) => add_words(words, occur, scope, context, plan),
        Clause::Must(word) => {
            let (label, evidence) = (fold(word), alternatives(clause));
            plan.units.push(Unit { label, occur, scope, evidence });
        }
        Clause::Not(inner) => {
            let label = fold(&inner.to_string());
            let evidence = alternatives(inner);
            plan.units.push(Unit {
                label,
                occur: Occur::Excluded,
                scope: scope_of(inner, scope),
                evidence,
            });
        }
        Clause::Title(inner) => add_clause(inner, required(occur), Scope::Title, context, plan),
        Clause::Exact(text) => {
            let evidence = vec![(1.0, Evidence::Phrase(exact(text)))];
            plan.units.push(Unit { label: fold(text), occur: required(occur), scope, evidence });
        }
        other => {
            let label = fold(&other.to_string());
            plan.units.push(Unit {
                label,
                occur: required(occur),
                scope: scope_of(other, scope),
                evidence: alternatives(other),
            });
        }
    }
    plan.units.retain(|unit| !unit.evidence.is_empty());
}

fn required(occur: Occur) -> Occur {
    if occur == Occur::Wanted { Occur::Required } else { occur }
}

fn scope_of(clause: &Clause, scope: Scope) -> Scope {
    let in_title = |clause: &Clause| matches!(clause, Clause::Title(_));
    match clause {
        Clause::Any(all) if all.iter().all(in_title) => Scope::Title,
        clause if in_title(clause) => Scope::Title,
        _ => scope,
    }
}

/// One unit for each word of the clause.
fn add_words(
    words: &str,
    occur: Occur,
    scope: Scope,
    context: &CompileContext<'_>,
    plan: &mut Plan,
) {
    let CompileContext { lexicon, ranking } = *context;
    let folded = fold(words);
    let cut = lexicon.segmenter.words(&folded);
    let pieces = pieces(&folded, lexicon);
    let occur = if scope == Scope::Title { required(occur) } else { occur };
    let mut run = CharRun::default();
    let mut loose = Loose::default();
    let mut plan_words: Vec<(Span, usize)> = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let text = piece.span.of(&folded);
        if !text.chars().any(char::is_alphanumeric) {
            run.end(plan);
            continue;
        }
        run.follow(text, lexicon, ranking.within, plan);
        let before = i.checked_sub(1).map(|i| pieces[i].span.of(&folded));
        let evidence = piece_evidence(&folded, *piece, &cut, before, context);
        // A news text leaves out the year that everybody knows.
        let dated =
            pieces.get(i + 1).is_some_and(|next| matches!(next.kind, PieceKind::Measured { .. }));
        let year =
            matches!(piece.kind, PieceKind::Measured { .. }) && text.ends_with('年') && dated;
        let occur = if year && occur == Occur::Wanted { Occur::Bonus } else { occur };
        plan.units.push(Unit { label: text.to_owned(), occur, scope, evidence });
        plan_words.push((piece.span, plan.units.len() - 1));
        if let Some((label, evidence)) = number_of(&folded, *piece) {
            plan.units.push(Unit { label, occur: Occur::Bonus, scope, evidence });
        }
        if year {
            let label = Span::new(piece.span.start, pieces[i + 1].span.end).of(&folded).to_owned();
            let evidence = day_of(&label);
            plan.units.push(Unit { label, occur: Occur::Bonus, scope, evidence });
        }
        if piece.kind == PieceKind::Word {
            loose.follow(text, piece.span, lexicon, ranking, plan);
        }
    }
    if scope == Scope::Anywhere && ranking.synonym > 0.0 {
        add_synonyms(&folded, &plan_words, lexicon, ranking, plan);
    }
    run.end(plan);
    if scope == Scope::Anywhere && plan_words.len() > 1 && is_short_name(&folded, &pieces, lexicon)
    {
        let (label, evidence) = (folded.trim().to_owned(), Evidence::Phrase(exact(&folded)));
        let evidence = vec![(1.0, evidence)];
        plan.units.push(Unit { label, occur: Occur::Bonus, scope, evidence });
    }
}

/// True for a clause of a few Chinese characters which the segmenter left in pieces and which may
/// be a name as a whole.
fn is_short_name(folded: &str, pieces: &[Piece], lexicon: &Lexicon) -> bool {
    let whole = folded.trim();
    let single = |piece: &Piece| piece.span.of(folded).chars().nth(1).is_none();
    // A light character inside is part of a name: 月之暗面.
    let inside = |i: usize| i > 0 && i + 1 < pieces.len() && single(&pieces[i]);
    let light = |(i, piece): (usize, &Piece)| lexicon.is_light(piece.span.of(folded)) && !inside(i);
    (3..=LONGEST_TYPED).contains(&whole.chars().count())
        && whole.chars().all(is_han)
        && pieces.iter().any(single)
        && !pieces.iter().enumerate().any(light)
}

/// The characters of words that follow one another, for proximity. Question words and single
/// characters stand beside too much to say anything by it.
#[derive(Default)]
struct CharRun {
    chars: Vec<(char, f32)>,
}

impl CharRun {
    fn follow(&mut self, text: &str, lexicon: &Lexicon, within: f32, plan: &mut Plan) {
        if lexicon.is_light(text) || text.chars().nth(1).is_none() {
            return self.end(plan);
        }
        let weights = std::iter::once(1.0).chain(std::iter::repeat(within));
        self.chars.extend(text.chars().filter(|&c| is_exact_char(c)).zip(weights));
    }

    fn end(&mut self, plan: &mut Plan) {
        let chars = std::mem::take(&mut self.chars);
        if chars.len() > 1 {
            plan.runs.push(chars);
        }
    }
}

/// The number of a name that is typed apart (Mate 60) belongs to the name, and words of letters may
/// be one (Chat GPT).
fn join_names(query: &Query, plan: &mut Plan) {
    for pair in query.clauses.windows(2) {
        let (Clause::Words(name), Clause::Words(number)) = (&pair[0], &pair[1]) else { continue };
        let (name, number) = (fold(name), fold(number));
        let is_name =
            name.chars().nth(1).is_some() && name.bytes().all(|b| b.is_ascii_alphabetic());
        let is_number = number.bytes().all(|b| b.is_ascii_digit()) && number.len() <= 4;
        let letters =
            number.chars().nth(1).is_some() && number.bytes().all(|b| b.is_ascii_lowercase());
        if is_name && letters {
            let whole = (1.0, Evidence::Word(format!("{name}{number}")));
            let part = |unit: &&mut Unit| unit.label == name || unit.label == number;
            plan.units.iter_mut().filter(part).for_each(|unit| unit.evidence.push(whole.clone()));
        }
        if !is_name || !is_number {
            continue;
        }
        if let Some(unit) = plan.units.iter_mut().find(|unit| unit.label == number) {
            unit.evidence = vec![(1.0, Evidence::Phrase(exact(&format!("{name}{number}"))))];
        }
    }
}

/// Single characters and unknown words that follow one another: there the segmenter guesses, here
/// otherwise than in an article (王沈是 as 王, 沈是), so every two neighbours may be a word.
#[derive(Default)]
struct Loose {
    last: Option<(char, usize)>,
}

impl Loose {
    /// Goes on to the word of the plan's last unit, which gets the pairs that end in it.
    fn follow(
        &mut self,
        text: &str,
        word: Span,
        lexicon: &Lexicon,
        ranking: &Ranking,
        plan: &mut Plan,
    ) {
        let single = text.chars().nth(1).is_none();
        let is_loose = text.chars().all(is_han)
            && !lexicon.is_light(text)
            && (single || !lexicon.segmenter.knows(text));
        let before = self.last.take().filter(|&(_, end)| end == word.start).map(|(c, _)| c);
        if !is_loose {
            return;
        }
        let chars: Vec<char> = before.into_iter().chain(text.chars()).collect();
        self.last = chars.last().map(|&c| (c, word.end));
        let Some(unit) = plan.units.last_mut() else { return };
        for pair in chars
            .windows(2)
            .filter(|pair| pair.iter().any(|c| !text.contains(*c)) || text.chars().count() > 2)
        {
            unit.evidence.push((ranking.inner, Evidence::Pair(pair.to_vec())));
        }
    }
}

/// A name is at most so many words long.
const LONGEST_NAME: usize = 6;

/// Lets the words of a name, each with the number of its unit, also be found by the other names of
/// the same thing.
fn add_synonyms(
    folded: &str,
    words: &[(Span, usize)],
    lexicon: &Lexicon,
    ranking: &Ranking,
    plan: &mut Plan,
) {
    let mut at = 0;
    while at < words.len() {
        let names =
            (1..=LONGEST_NAME.min(words.len() - at)).rev().map(|count| &words[at..at + count]);
        let whole = |name: &[(Span, usize)]| Span::new(name[0].0.start, name[name.len() - 1].0.end);
        let Some(name) =
            names.into_iter().find(|name| !lexicon.synonyms(whole(name).of(folded)).is_empty())
        else {
            at += 1;
            continue;
        };
        for Synonym { name: other, likeness } in lexicon.synonyms(whole(name).of(folded)) {
            let weight = match likeness {
                Likeness::Equal => ranking.equal,
                Likeness::Related => ranking.synonym,
            };
            let weight = weight / name.len() as f32;
            for &(_, unit) in name {
                let evidence = &mut plan.units[unit].evidence;
                if !evidence.iter().any(|(_, e)| *e == Evidence::Word(other.clone())) {
                    let found = match token_evidence(other, lexicon) {
                        Evidence::Unknown(name) => Evidence::Phrase(exact(&name)),
                        // 双11 is two words of a text.
                        Evidence::Word(name) if is_mixed(&name) => Evidence::Phrase(exact(&name)),
                        found => found,
                    };
                    evidence.push((weight, found));
                }
            }
        }
        at += name.len();
    }
}

/// True for a name of Chinese characters and figures.
fn is_mixed(name: &str) -> bool {
    name.chars().any(is_han) && name.bytes().any(|b| b.is_ascii_digit())
}

/// The evidence of a clause, whichever of its forms is found.
fn alternatives(clause: &Clause) -> Vec<(f32, Evidence)> {
    let phrases = |words: &[String]| {
        words.iter().map(|w| exact(w)).filter(|p| !p.is_empty()).collect::<Vec<_>>()
    };
    let evidence = match clause {
        Clause::Any(clauses) => return clauses.iter().flat_map(alternatives).collect(),
        Clause::Not(inner) | Clause::Title(inner) => return alternatives(inner),
        // Every occurrence of the characters counts, however they were cut: that is what an
        // exclusion and an alternative mean to the one who types them.
        Clause::Words(text) | Clause::Exact(text) | Clause::Must(text) => {
            Evidence::Phrase(exact(text))
        }
        Clause::Prefix(stem) => Evidence::Prefix(fold(stem)),
        Clause::Suffix(stem) => Evidence::Suffix(fold(stem)),
        Clause::Same(words) => Evidence::Same(phrases(words)),
        Clause::Near(distance, words) => Evidence::Near(*distance, phrases(words)),
    };
    match &evidence {
        Evidence::Phrase(chars) if chars.is_empty() => Vec::new(),
        Evidence::Near(_, all) | Evidence::Same(all) if all.is_empty() => Vec::new(),
        _ => vec![(1.0, evidence)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::parse;
    use crate::text::word::Segmenter;

    #[test]
    fn each_clause_becomes_what_it_means() {
        let lexicon =
            Lexicon::new(&Default::default(), Segmenter::new(&Default::default()).unwrap());
        let plan = |line: &str| compile(&parse(line).0, &lexicon, &Ranking::default());
        let occurs = |line: &str| plan(line).units.iter().map(|u| u.occur).collect::<Vec<_>>();
        assert_eq!(
            occurs("百度 -广告 “对资源”"),
            [Occur::Wanted, Occur::Excluded, Occur::Required]
        );
        assert_eq!(occurs("百度大模型"), [Occur::Wanted, Occur::Wanted]);
        assert_eq!(plan("甲|乙").units[0].evidence.len(), 2);
        assert_eq!(plan("title:百度").units[0].scope, Scope::Title);
        // Signs alone are looked for; they are no question about everything.
        assert_eq!(occurs("， 。"), [Occur::Required, Occur::Required]);
        assert_eq!(occurs("-广告"), [Occur::Excluded]);
        assert_eq!(plan("百度").minimum, 1);
        // Certain equals weigh more than names that are only alike.
        let weight = |line: &str, name: &str| {
            let unit = plan(line).units.remove(0);
            let other = unit.evidence.into_iter().find(|(_, e)| e.to_string().contains(name));
            other.map(|(weight, _)| weight)
        };
        for (typed, other) in [
            ("发改委", "国家发展和改革委员会"),
            ("世卫", "世界卫生组织"),
            ("中大", "中山大学"),
            ("民企", "民营企业"),
            ("经合组织", "oecd"),
            ("中宣部", "中共中央宣传部"),
        ] {
            assert_eq!(weight(typed, other), Some(Ranking::default().equal), "{typed}");
        }
        assert_eq!(weight("楼市", "房地产市场"), Some(Ranking::default().synonym));
    }
}
