//! The evidence of a piece of a clause: what of a text counts as the word, the number or the name
//! that was typed.

use super::lexicon::Lexicon;
use super::number::{is_han, number_forms, quantity_forms, signed_forms, with_commas};
use super::pieces::{Piece, PieceKind};
use super::typed;
use crate::engine::plan::Evidence;
use crate::engine::ranking::Ranking;
use crate::text::Span;
use crate::text::exact::exact;
use crate::text::word::parts;

/// The data by which a clause is compiled.
#[derive(Clone, Copy)]
pub struct CompileContext<'a> {
    /// The words that are known.
    pub lexicon: &'a Lexicon,
    /// The weights.
    pub ranking: &'a Ranking,
}

/// Words that turn the next one into its opposite.
const NEGATIONS: [&str; 7] = ["不", "没", "没有", "未", "无", "别", "非"];
/// Counters of a number that belongs to a name: 神舟十七号, 长征五型.
const NAME_COUNTERS: [char; 5] = ['号', '型', '代', '届', '期'];

/// The evidence of a piece; `before` is the piece before it in the clause.
pub fn piece_evidence(
    folded: &str,
    piece: Piece,
    cut: &[Span],
    before: Option<&str>,
    context: &CompileContext<'_>,
) -> Vec<(f32, Evidence)> {
    let CompileContext { lexicon, ranking } = *context;
    let text = piece.span.of(folded);
    let mut evidence = match piece.kind {
        PieceKind::Measured { first, words } => {
            measured(folded, &cut[first..first + words], ranking)
        }
        PieceKind::Signed => {
            return signed_forms(text, ranking.inner);
        }
        PieceKind::Quantity(number) => return quantity_forms(&text[..number], &text[number..]),
        PieceKind::Joined => return joined_forms(text),
        PieceKind::Word => word_evidence(folded, piece.span, lexicon, ranking),
    };
    let whole = folded.trim();
    if text == whole && matches!(evidence.first(), Some((_, Evidence::Unknown(_)))) {
        return vec![(1.0, Evidence::Phrase(exact(text)))];
    }
    let Some(before) = before.filter(|before| before.chars().any(char::is_alphanumeric)) else {
        return evidence;
    };
    let numbered = text.chars().next().is_some_and(char::is_numeric)
        || text.chars().next().is_some_and(|c| "零一二三四五六七八九十百".contains(c));
    let named = numbered
        && before.chars().nth(1).is_some()
        && !lexicon.is_light(before)
        && (text.bytes().all(|b| b.is_ascii_digit()) || text.ends_with(NAME_COUNTERS));
    let negated = NEGATIONS.contains(&before) && text.chars().nth(1).is_some();
    if named || negated {
        evidence.iter_mut().for_each(|(weight, _)| *weight *= ranking.inner);
        evidence.insert(0, (1.0, Evidence::Phrase(exact(&format!("{before}{text}")))));
    }
    evidence
}

/// The number that a quantity begins with, which parts it from a longer one: 3000万元 stands in
/// 13000万元 too.
pub fn number_of(folded: &str, piece: Piece) -> Option<(String, Vec<(f32, Evidence)>)> {
    let PieceKind::Quantity(length) = piece.kind else { return None };
    let number = &piece.span.of(folded)[..length];
    Some((number.to_owned(), number_forms(number)))
}

/// The day that a year and a month with its day make, in the forms that texts have.
pub fn day_of(text: &str) -> Vec<(f32, Evidence)> {
    let figures: String = text.replace(['年', '月'], "-").replace('日', "");
    let forms = typed::day_forms(&figures).unwrap_or_default();
    forms.into_iter().map(|form| (1.0, Evidence::Phrase(exact(&form)))).collect()
}

/// The forms of a word that only single characters make; a hyphen before its number may be left
/// out: 歼-20, 歼20.
fn joined_forms(text: &str) -> Vec<(f32, Evidence)> {
    let mut forms = vec![text.to_owned()];
    forms.extend(hyphenated(text));
    forms.into_iter().map(|form| (1.0, Evidence::Phrase(exact(&form)))).collect()
}

/// A name with a hyphen without it, or a name that goes on with a number with one: GPT-4 and GPT4,
/// 歼-20 and 歼20.
fn hyphenated(text: &str) -> Option<String> {
    let inside = text.trim_matches('-') == text;
    if inside && text.matches('-').count() == 1 {
        return Some(text.replace('-', ""));
    }
    let number = text.find(|c: char| c.is_ascii_digit()).filter(|at| *at > 0)?;
    let name = &text[..number];
    let letters = name.chars().all(|c| c.is_ascii_alphabetic() || is_han(c));
    letters.then(|| format!("{name}-{}", &text[number..]))
}

/// The evidence of a word: itself, and the shorter words inside it.
fn word_evidence(
    folded: &str,
    word: Span,
    lexicon: &Lexicon,
    ranking: &Ranking,
) -> Vec<(f32, Evidence)> {
    let mut evidence = Vec::new();
    lexicon.segmenter.search_tokens(folded, &[word], |token| {
        let weight = if token == word { 1.0 } else { ranking.inner };
        evidence.push((weight, token_evidence(token.of(folded), lexicon)));
    });
    evidence.reverse();
    let text = word.of(folded);
    if let Some(parted) = with_commas(text) {
        evidence.push((1.0, Evidence::Phrase(exact(&parted))));
    }
    if parts(text).next().is_some() {
        // Of a name with a number (mate60, c919), the letters alone say little, the number nothing.
        let letters = parts(text).filter(|part| !part.starts_with(|c: char| c.is_ascii_digit()));
        let letters = letters.map(|part| (ranking.inner, Evidence::Word(part.to_owned())));
        return joined_forms(text).into_iter().chain(letters).collect();
    }
    if text.is_ascii() && text.contains('-') {
        evidence.extend(joined_forms(text));
    }
    evidence
}

/// The evidence of a number with what it counts: 7月28日 whole, then 28日, then 28.
fn measured(folded: &str, parts: &[Span], ranking: &Ranking) -> Vec<(f32, Evidence)> {
    let last = parts[parts.len() - 1].end;
    let mut spans: Vec<Span> =
        parts.iter().step_by(2).map(|number| Span::new(number.start, last)).collect();
    spans.extend(parts.get(parts.len() - 2));
    let words =
        spans.into_iter().map(|span| span.of(folded)).filter(|word| word.chars().nth(1).is_some());
    let weight = |i: usize| if i == 0 { 1.0 } else { ranking.inner };
    // 07月28日 is 7月28日 in most texts.
    let plain = |word: &str| without_zeros(word).map(|word| (1.0, Evidence::Word(word)));
    let words = words.enumerate().flat_map(|(i, word)| {
        let unpadded = if i == 0 { plain(word) } else { None };
        [(weight(i), Evidence::Word(word.to_owned()))].into_iter().chain(unpadded)
    });
    let number = parts.first().filter(|_| parts.len() == 2);
    let parted = number.and_then(|number| with_commas(number.of(folded)));
    let parted = parted.map(|text| format!("{text}{}", parts[1].of(folded)));
    words.chain(parted.map(|text| (1.0, Evidence::Phrase(exact(&text))))).collect()
}

/// A day or a month in figures without the zeros before its numbers; `None` where it has none.
fn without_zeros(text: &str) -> Option<String> {
    let dated = text.ends_with(['月', '日']) && text.contains('0');
    let plain: Vec<&str> = text.split('月').map(|part| part.trim_start_matches('0')).collect();
    let plain = plain.join("月");
    (dated && plain != text && plain.starts_with(|c: char| c.is_ascii_digit())).then_some(plain)
}

/// The evidence of a token of the index.
pub fn token_evidence(token: &str, lexicon: &Lexicon) -> Evidence {
    let mut chars = token.chars();
    match (chars.next(), chars.next()) {
        (Some(_), None) => Evidence::Character(token.to_owned()),
        // A Chinese word that the dictionary lacks is cut one way here and another way there.
        // iphone15 is also written in two.
        _ if parts(token).next().is_some() => Evidence::Unknown(token.to_owned()),
        (Some(_), _) if token.chars().all(is_han) && !lexicon.segmenter.knows(token) => {
            Evidence::Unknown(token.to_owned())
        }
        _ => Evidence::Word(token.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_number_is_also_written_with_and_without_a_hyphen() {
        for (typed, other) in [
            ("gpt-4", Some("gpt4")),
            ("f35", Some("f-35")),
            ("歼20", Some("歼-20")),
            ("wi-fi", Some("wifi")),
            ("2023", None),
            ("-5", None),
            ("大模型", None),
        ] {
            assert_eq!(hyphenated(typed).as_deref(), other, "{typed}");
        }
        assert_eq!(without_zeros("07月08日").as_deref(), Some("7月8日"));
        assert_eq!(without_zeros("10月20日"), None);
        assert_eq!(day_of("2023年07月28日").len(), 8);
    }
}
