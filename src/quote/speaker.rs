//! Reads the mention beside a cue: who is it, and which part is name and which title.
//!
//! A mention is read where it stands; what 他 or 该负责人 stands for is left to resolve.rs.

use super::SpeakerKind;
use super::grammar::Grammar;
use super::name;
use crate::text::{Span, is_han};

/// A speaker as written at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Where it stands in the text.
    pub span: Span,
    pub name: String,
    pub title: String,
    pub alias: Option<String>,
    pub who: Who,
    /// 一名, 有: somebody not spoken of before.
    pub indefinite: bool,
    /// How sure the reading is, out of 100.
    pub score: u8,
}

/// What a mention is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Is(SpeakerKind),
    /// 他, 其, 对方.
    Pronoun,
    /// 该负责人, 上述人士: somebody named before.
    Back,
    /// A medium, which speaks for itself or relays.
    Media,
    /// A document, datum or relay: no speaker.
    Silent,
}

/// What stands before a cue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// One speaker, or several who speak together.
    Speakers(Vec<Mention>),
    /// No subject is written: 并强调.
    Omitted,
    /// What is written does not speak: 数据显示.
    Silent,
    /// Something is written that could not be read.
    Unreadable,
}

/// Lowest score of a mention that was recognised and not merely guessed.
pub(super) const RECOGNISED: u8 = 65;
/// Score of a short noun phrase that nothing is known about.
const GUESS: u8 = 20;
/// Score of a reading that no other can beat.
pub(super) const CERTAIN: u8 = 95;

/// Reads the stretch of `text` between a clause's start and its cue.
pub(super) fn read(text: &str, region: Span, grammar: &Grammar, known: &dyn Fn(&str) -> bool) -> Reading {
    let reader = Reader { text, grammar, known };
    let (starts, adverbials) = reader.starts(region);
    let rest = starts.last().map_or("", |&s| &text[s..region.end]);
    let omitted = reader.omits_subject(rest);
    let mut best: Option<Vec<Mention>> = None;
    for (i, &start) in starts.iter().enumerate().rev() {
        if omitted && i >= adverbials && start + rest.len() == region.end {
            // 在某地工作多年的经纪人蒋某: only a titled name behind 的 makes the whole a subject.
            if best.is_none() && reader.leads(Span::new(start, region.end)) {
                best = reader
                    .phrase(Span::new(start, region.end))
                    .filter(|m| score(m) >= 100 && rest.ends_with(&m[0].name));
            }
            continue;
        }
        let Some(found) = reader.leading(Span::new(start, region.end)) else { continue };
        // What only follows a noun (赛后, 届时) must be a person to count.
        let sure = score(&found) >= CERTAIN || found.iter().all(|m| known(&m.name));
        if i < adverbials && !reader.leads(region) && !sure {
            continue;
        }
        if best.as_ref().is_none_or(|b| score(&found) > score(b)) {
            best = Some(found);
        }
        if best.as_ref().is_some_and(|b| score(b) >= CERTAIN) {
            break;
        }
    }
    if best.as_ref().is_none_or(|b| score(b) < RECOGNISED)
        && !omitted
        && let Some(&start) = starts.last()
        && let Some(found) = reader.scan(Span::new(start, region.end))
    {
        best = Some(found);
    }
    match best {
        Some(found) if score(&found) >= RECOGNISED || !omitted && !reader.starts_with_bound(rest) => {
            if found.iter().any(|m| m.who == Who::Silent) { Reading::Silent } else { Reading::Speakers(found) }
        }
        _ if rest.trim().is_empty() || omitted || reader.starts_with_bound(rest) => Reading::Omitted,
        _ => Reading::Unreadable,
    }
}

/// Reads the subject that a clause opens with, whatever follows it.
pub(super) fn subject(text: &str, clause: Span, grammar: &Grammar, known: &dyn Fn(&str) -> bool) -> Option<Mention> {
    subjects(text, clause, grammar, known).filter(|found| found.len() == 1)?.into_iter().next()
}

/// Reads the subject or joint subjects that a clause opens with.
pub(super) fn subjects(
    text: &str,
    clause: Span,
    grammar: &Grammar,
    known: &dyn Fn(&str) -> bool,
) -> Option<Vec<Mention>> {
    let mut words = clause.of(text).trim_start();
    while let Some(opener) = grammar.openers.prefix(words) {
        words = words[opener.len()..].trim_start();
    }
    let bound = LEADING.iter().any(|p| words.starts_with(p)) || grammar.bounds.prefix(words).is_some();
    if bound && !NO_PREPOSITIONS.iter().any(|p| words.starts_with(p)) {
        return None;
    }
    match read(text, clause, grammar, known) {
        Reading::Speakers(found) if score(&found) >= RECOGNISED => Some(found),
        _ => None,
    }
}

fn score(found: &[Mention]) -> u8 {
    found.iter().map(|m| m.score).min().unwrap_or(0)
}

struct Reader<'a> {
    text: &'a str,
    grammar: &'a Grammar,
    known: &'a dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    /// Whether the clause opens with a preposition, so that its subject stands elsewhere: 向记者表示.
    fn omits_subject(&self, rest: &str) -> bool {
        PREPOSITIONS.iter().chain(&ADVERBIALS).any(|p| rest.starts_with(p))
            && !NO_PREPOSITIONS.iter().any(|p| rest.starts_with(p))
    }

    /// The first reading of a prefix that is a known name or a role, where no word marks its end: 居民意犹未尽地.
    fn scan(&self, region: Span) -> Option<Vec<Mention>> {
        let rest = region.of(self.text);
        let ends = rest.char_indices().skip(2).take(14).map(|(i, _)| region.start + i);
        ends.filter_map(|end| self.single(Span::new(region.start, end)))
            .find(|m| match m.who {
                Who::Is(SpeakerKind::Person) => (self.known)(&m.name) || m.score >= 82 && rest.ends_with('地'),
                Who::Is(SpeakerKind::Role) => m.score >= 75 && rest.ends_with(['地', '的']),
                _ => false,
            })
            .map(|m| vec![Mention { score: 70, ..m }])
    }

    /// Where the subject may start: at the clause's start, and behind each time or opener that stands there.
    /// The first of them, as many as the number says, stand behind an adverbial: 在回答提问时X表示.
    fn starts(&self, region: Span) -> (Vec<usize>, usize) {
        let mut at = self.dateline_end(region);
        let mut starts = vec![at];
        for _ in 0..8 {
            let rest = &self.text[at..region.end];
            let skip = opener_length(rest, self.grammar);
            if skip == 0 {
                break;
            }
            at += skip;
            starts.push(at);
        }
        let rest = &self.text[at..region.end];
        let leads = self.leads(Span::new(at, region.end));
        let mut adverbials = 0;
        for (i, c) in rest.char_indices().skip(2) {
            let end = at + i + c.len_utf8();
            let closes = match c {
                _ if bound_up(c, rest[i + c.len_utf8()..].chars().next()) => false,
                '时' | '后' => true,
                '上' | '中' | '前' => leads,
                '”' | '》' | ' ' => true,
                '有' => rest[..i].ends_with(['也', '还', '又']),
                _ => false,
            };
            if closes && end < region.end && adverbials < 6 {
                starts.push(end);
                adverbials += 1;
            }
        }
        starts.rotate_right(adverbials);
        (starts, adverbials)
    }

    /// Whether the clause opens with an adverbial before its subject.
    fn leads(&self, region: Span) -> bool {
        ADVERBIALS.iter().any(|p| region.of(self.text).starts_with(p))
    }

    /// Behind a dateline that the clause opens with: 某社北京7月1日电 （记者 …）.
    fn dateline_end(&self, region: Span) -> usize {
        let words = region.of(self.text);
        let dated = ["日电", "日讯", "报讯", "网讯", "社讯", "日报道"];
        let ends = dated.iter().filter_map(|w| words.find(w).map(|i| i + w.len()));
        ends.filter(|&i| i < 120).max().map_or(region.start, |i| region.start + i)
    }

    fn starts_with_bound(&self, rest: &str) -> bool {
        self.grammar.bounds.prefix(rest).is_some() || rest.starts_with(['“', '「', '（', '('])
    }

    /// The best mention that `region` opens with.
    fn leading(&self, region: Span) -> Option<Vec<Mention>> {
        let mut best: Option<Vec<Mention>> = None;
        let ends = self.ends(region);
        let mut crossed = 0u8;
        for (tried, &end) in ends.iter().enumerate() {
            let penalty = crossed.min(40);
            let words = &self.text[end..region.end];
            let long = self.grammar.bounds.prefix(words).is_some_and(|b| b.chars().count() > 1);
            crossed = crossed.saturating_add(if long { 6 } else { 2 });
            let Some(mut found) = self.phrase(Span::new(region.start, end)) else { continue };
            for mention in found.iter_mut().filter(|m| m.who != Who::Is(SpeakerKind::Person)) {
                mention.score = mention.score.saturating_sub(penalty);
            }
            let short = end < region.end && end <= region.start + 3;
            if short && found.iter().any(|m| m.who == Who::Silent) {
                continue;
            }
            let silent = tried > 0 && found.iter().any(|m| m.who == Who::Silent);
            let heard = best.as_ref().is_some_and(|b| score(b) >= RECOGNISED);
            if !(silent && heard) && best.as_ref().is_none_or(|b| score(&found) > score(b)) {
                best = Some(found);
            }
            if tried > 16 || best.as_ref().is_some_and(|b| score(b) >= CERTAIN) {
                break;
            }
        }
        best
    }

    /// Where the mention may end: before each word that ends one, and at the region's end.
    fn ends(&self, region: Span) -> Vec<usize> {
        let rest = region.of(self.text);
        let mut ends = Vec::new();
        let mut quoted = false;
        for (i, c) in rest.char_indices() {
            if matches!(c, '”' | '」') {
                quoted = false;
            }
            let bound = i > 0
                && !quoted
                && (c.is_ascii_digit()
                    || matches!(c, '“' | '「' | '（' | '(')
                    || c != '某'
                        && rest[..i].ends_with('某')
                        && !self.grammar.given.contains(c.encode_utf8(&mut [0; 4]))
                    || self.bound_at(rest, i));
            if bound {
                ends.push(region.start + i);
            }
            if matches!(c, '“' | '「') {
                quoted = true;
            }
        }
        ends.push(region.end);
        ends
    }

    /// Whether a word that ends mentions stands at `i`; not where it may be the last character of a name (陈建|为).
    fn bound_at(&self, rest: &str, i: usize) -> bool {
        let Some(bound) = self.grammar.bounds.prefix(&rest[i..]) else { return false };
        if self.grammar.titles.prefix(&rest[i..]).is_some_and(|t| t.len() > bound.len()) {
            return false;
        }
        let mut chars = bound.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            let count: u32 =
                self.grammar.given.attributes(c.encode_utf8(&mut [0; 4])).and_then(|n| n.parse().ok()).unwrap_or(0);
            let behind = &rest[i + bound.len()..];
            return count < 40 || !(behind.is_empty() || self.grammar.bounds.prefix(behind).is_some());
        }
        true
    }

    /// Reads the whole of `span` as one mention or as several joined ones.
    fn phrase(&self, span: Span) -> Option<Vec<Mention>> {
        let span = trimmed(self.text, span);
        if span.is_empty() || span.len() > 240 {
            return None;
        }
        let one = self.single(span);
        if let Some(joint) = self.joint(span)
            && one.as_ref().is_none_or(|m| score(&joint) + 5 >= m.score)
        {
            return Some(joint);
        }
        one.map(|m| vec![m])
    }

    /// A和B, A、B等企业: every part must be a speaker, and the last but a name must not be the title of the name.
    fn joint(&self, span: Span) -> Option<Vec<Mention>> {
        let whole = span.of(self.text);
        let list = whole.rfind('等').filter(|i| whole[..*i].contains('、')).map_or(whole, |i| &whole[..i]);
        let firms = list.len() < whole.len() && whole.ends_with(['业', '司', '门', '行', '构', '位', '家', '国']);
        let mut parts = Vec::new();
        let mut start = 0;
        for (i, c) in list.char_indices() {
            if matches!(c, '、' | '和' | '与' | '及') {
                parts.push(Span::new(span.start + start, span.start + i));
                start = i + c.len_utf8();
            }
        }
        parts.push(Span::new(span.start + start, span.start + list.len()));
        if parts.len() < 2 || parts.len() > 6 {
            return None;
        }
        let read = |p: Span| {
            self.single(trimmed(self.text, p))
                .map(|m| Mention { score: if firms { m.score.max(72) } else { m.score }, ..m })
        };
        let mentions: Option<Vec<Mention>> = parts.into_iter().map(read).collect();
        let mentions = mentions?;
        let kind = |m: &Mention| m.who;
        let last = mentions.last().map(kind)?;
        let person = Who::Is(SpeakerKind::Person);
        let sound = mentions.iter().all(|m| {
            m.score >= 70
                && matches!(m.who, Who::Is(_))
                && (last != person || m.who == person)
                && (last == person || m.who != person || last == Who::Is(SpeakerKind::Organisation))
        });
        sound.then_some(mentions)
    }

    /// Reads the whole of `span` as one mention.
    fn single(&self, span: Span) -> Option<Mention> {
        let (span, alias) = self.without_bracket(span);
        let words = span.of(self.text);
        if words.is_empty() {
            return None;
        }
        let indefinite = self.grammar.quantifiers.prefix(words).is_some();
        let mention = |who, name: &str, title: &str, score| {
            let (name, title, alias) = (name.to_owned(), clean_title(title), alias.clone());
            Some(Mention { span, name, title, alias, who, indefinite, score })
        };
        if let Some(inside) = words.strip_prefix(['“', '「']).and_then(|w| w.strip_suffix(['”', '」']))
            && !inside.contains(['“', '「'])
            && let Some(found) = name::person(inside, self.grammar, self.known)
            && found.before.is_empty()
            && found.score >= 80
        {
            return mention(Who::Is(SpeakerKind::Person), found.name, "", 82);
        }
        if self.grammar.pronouns.contains(words) {
            return mention(Who::Pronoun, words, "", CERTAIN);
        }
        if self.grammar.silent.contains(words) {
            return mention(Who::Silent, words, "", 85);
        }
        let pointer = self.grammar.demonstratives.prefix(words);
        if let Some(found) = name::person(words, self.grammar, self.known)
            && found.score >= 70
            && (!indefinite || found.score >= 85 && !found.before.is_empty())
            && (pointer.is_none() || found.score >= 85 && found.before.len() > 6)
        {
            let title = join_title(found.before, found.behind);
            return mention(Who::Is(SpeakerKind::Person), found.name, &title, found.score);
        }
        if let Some(pointer) = pointer {
            let rest = &words[pointer.len()..];
            let role = self.grammar.titles.suffix(rest).is_some() || self.grammar.organisations.suffix(rest).is_some();
            return if role && rest.chars().count() <= 10 { mention(Who::Back, rest, "", 90) } else { None };
        }
        let (who, name, score) = self.no_person(words)?;
        mention(who, name, "", score)
    }

    /// A role, meeting, organisation or medium; at worst a guess.
    fn no_person<'t>(&self, words: &'t str) -> Option<(Who, &'t str, u8)> {
        let grammar = self.grammar;
        let quantifier = grammar.quantifiers.prefix(words).filter(|q| words[q.len()..].chars().count() >= 2);
        let plain = quantifier.map_or(words, |q| &words[q.len()..]);
        let counted = plain.len() < words.len();
        if words.ends_with(['”', '」']) {
            let open = words.rfind(['“', '「'])?;
            let role = grammar.titles.suffix(&words[..open]).is_some();
            return role.then_some((Who::Is(SpeakerKind::Role), plain, 80));
        }
        if words.ends_with('》') {
            let paper = words.trim_end_matches('》').ends_with(['报', '刊', '志', '网']);
            return Some(if paper { (Who::Media, words, 70) } else { (Who::Silent, words, 85) });
        }
        // 民政部等七部门: the first of several names them all.
        if let Some((first, rest)) = words.split_once('等')
            && rest.ends_with(['门', '位', '构', '国', '方', '司', '业'])
            && rest.chars().count() <= 6
            && grammar.organisations.suffix(first).is_some()
        {
            return Some((Who::Is(SpeakerKind::Organisation), first, 72));
        }
        let clause = [
            '在', '就', '并', '称', '说', '将', '是', '因', '着', '了', '把', '被', '竟', '由', '您', '我', '你', '对',
            '向', '让', '使',
        ];
        let loose = ["尚", "没", "无", "未", "均", "都", "不", "也", "包括", "同样", "这", "那", "此", "其", "每"];
        if !counted && plain.contains(clause) && !plain.contains("对外") || loose.iter().any(|w| plain.starts_with(w))
        {
            return None;
        }
        if plain.ends_with("记者") {
            return Some((Who::Silent, "记者", 75));
        }
        if grammar.titles.suffix(plain).is_some_and(|t| t.chars().count() > 1) {
            return Some((Who::Is(SpeakerKind::Role), plain, 75));
        }
        if plain.ends_with(['员', '师', '者']) && (3..=8).contains(&plain.chars().count()) {
            return Some((Who::Is(SpeakerKind::Role), plain, 70));
        }
        if plain.ends_with('们') && (3..=8).contains(&plain.chars().count()) {
            return Some((Who::Is(SpeakerKind::Role), plain, 75));
        }
        if let Some(name) = latin_name(plain, grammar) {
            return Some((Who::Is(SpeakerKind::Organisation), name, 70));
        }
        if plain == "大家" || plain == "有人" || words == "有人" {
            return Some((Who::Is(SpeakerKind::Role), words, 75));
        }
        if grammar.meetings.suffix(words).is_some() {
            return Some((Who::Is(SpeakerKind::Meeting), words, 75));
        }
        if grammar.media.suffix(words).is_some_and(|m| m.chars().count() > 1 || words.chars().count() > 2) {
            return Some((Who::Media, plain, 70));
        }
        let opens_with_verb =
            grammar.bounds.prefix(plain).is_some_and(|b| b.chars().count() > 1 && b.len() < plain.len());
        if opens_with_verb
            && !NO_PREPOSITIONS.iter().any(|p| plain.starts_with(p))
            && grammar.titles.prefix(plain).is_none()
        {
            return None;
        }
        if grammar.places.contains(plain) {
            return Some((Who::Is(SpeakerKind::Organisation), plain, 69));
        }
        if grammar.organisations.suffix(plain).is_some_and(|s| s.chars().count() > 1 || plain.chars().count() > 2) {
            return Some((Who::Is(SpeakerKind::Organisation), own_name(plain, grammar), 72));
        }
        if (self.known)(plain) {
            return Some((Who::Is(SpeakerKind::Organisation), plain, 80));
        }
        if let Some(ending) = grammar.silent.suffix(words).filter(|s| s.chars().count() > 1) {
            return Some((Who::Silent, ending, 66));
        }
        let length = plain.chars().count();
        if plain.ends_with(['后', '时', '前', '中', '上', '里']) {
            return None;
        }
        if grammar.openers.prefix(plain).is_some() || grammar.bounds.prefix(plain).is_some() || counted {
            return None;
        }
        let clean = plain.chars().all(|c| (is_han(c) || c.is_alphanumeric() || c == ' ') && !FUNCTION.contains(c));
        let foreign = plain.chars().filter(|c| grammar.translit.contains(*c)).count() * 3 >= length * 2;
        let (kind, score) = if foreign && (3..=6).contains(&length) && !grammar.common.contains(plain) {
            (SpeakerKind::Person, RECOGNISED)
        } else {
            (SpeakerKind::Organisation, GUESS)
        };
        (clean && (2..=8).contains(&length)).then_some((Who::Is(kind), plain, score))
    }

    /// The mention without a bracket at its end, and the other name that the bracket gives.
    fn without_bracket(&self, span: Span) -> (Span, Option<String>) {
        let words = span.of(self.text);
        if let Some(open) = words.rfind(['（', '(']).filter(|_| words.ends_with(['）', ')'])) {
            let inside = words[open..].trim_matches(['（', '(', '）', ')']);
            return (trimmed(self.text, Span::new(span.start, span.start + open)), alias(inside));
        }
        let behind = &self.text[span.end..];
        let alias = behind
            .strip_prefix(['（', '('])
            .and_then(|rest| rest.find(['）', ')']).filter(|i| *i < 60).map(|i| &rest[..i]))
            .and_then(alias);
        (span, alias)
    }
}

/// An organisation without what describes it: 最大的芯片制造商三星电子 -> 三星电子.
fn own_name<'t>(words: &'t str, grammar: &Grammar) -> &'t str {
    let plain = words.rfind('的').map_or(words, |i| &words[i + '的'.len_utf8()..]);
    let makers = ["制造商", "生产商", "运营商", "开发商", "供应商", "巨头", "厂商", "对手"];
    let plain = makers.iter().find_map(|m| plain.split_once(m)).map_or(plain, |(_, rest)| rest);
    if plain.chars().count() >= 2 && grammar.organisations.suffix(plain).is_some_and(|s| s.len() < plain.len()) {
        plain
    } else {
        words
    }
}

/// A company or product with a Latin name, by itself or behind what it is: 研究机构Canalys.
fn latin_name<'t>(words: &'t str, grammar: &Grammar) -> Option<&'t str> {
    let latin = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '&' | '\'');
    let start = words.char_indices().rev().take_while(|(_, c)| latin(*c)).last().map(|(at, _)| at)?;
    let (before, name) = (words[..start].trim_end(), words[start..].trim());
    let placed = before.is_empty() || grammar.organisations.suffix(before).is_some();
    let named = name.len() >= 3 && name.starts_with(|c: char| c.is_ascii_alphabetic());
    (placed && named).then_some(name)
}

/// Openers of an adverbial that may stand before the subject: 在回答提问时X表示.
const ADVERBIALS: [&str; 24] = [
    "在", "当", "从", "就", "谈", "听", "随", "针对", "面对", "接受", "完成", "看到", "得知", "回答", "自", "通过",
    "由于", "经过", "关于", "作为", "身为", "早在", "除了", "因为",
];
/// Prepositions that open a clause whose subject stands elsewhere.
const PREPOSITIONS: [&str; 15] =
    ["对", "向", "就", "针对", "与", "把", "被", "将", "给", "围绕", "同", "和", "跟", "为", "以"];
/// Words that only begin like a preposition.
const NO_PREPOSITIONS: [&str; 38] = [
    "在场",
    "在座",
    "在京",
    "在校",
    "在线",
    "当地",
    "当事",
    "当局",
    "从业",
    "自治",
    "自媒体",
    "自然",
    "谈判",
    "听众",
    "随行",
    "随队",
    "从事",
    "自由",
    "对方",
    "对外",
    "与会",
    "就业",
    "向阳",
    "将军",
    "同学",
    "同事",
    "同行",
    "同济",
    "同仁",
    "同花顺",
    "和记",
    "以色列",
    "以军",
    "以总",
    "以方",
    "以媒",
    "以外",
    "为民",
];
/// Words before a noun that is not the subject: 关于A，B说.
const LEADING: [&str; 24] = [
    "关于", "对于", "针对", "就", "随着", "由于", "在", "当", "从", "据", "根据", "按照", "对", "向", "把", "被",
    "谈到", "谈及", "听到", "面对", "除了", "通过", "经过", "为了",
];

/// Whether a character that may close an adverbial is part of a longer word: 时代, 中央, 上海, 后来.
fn bound_up(c: char, next: Option<char>) -> bool {
    let longer = match c {
        '时' => "代间期候刻常节速段长尚光机任政",
        '后' => "来者续期勤备台方面果天人卫裔代",
        '中' => "级央国心学共方东西南北院队小部信石铁建新间午旬期年医药文美俄日韩欧非法英德医科交航粮纪场锋后卫将",
        '上' => "海市午述级周月年交游赛饶虞",
        '前' => "总首往期副任来夕进所锋卫线沿",
        _ => return false,
    };
    next.is_some_and(|n| longer.contains(n))
}

/// Characters of grammar that no plain name of a speaker holds.
const FUNCTION: &str = "的了着过是不在有和与这那此其它个们为被把将就都也还很又我你到从向对于之而则但若如说称道";

/// What a bracket behind a name gives as another name: Robin Li.
fn alias(inside: &str) -> Option<String> {
    let latin = inside.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '.' | '-' | '\''));
    (latin && inside.chars().any(|c| c.is_ascii_uppercase()) && inside.len() <= 40).then(|| inside.trim().to_owned())
}

/// Bytes of white space, time or opener at the start of `rest`.
fn opener_length(rest: &str, grammar: &Grammar) -> usize {
    let Some(first) = rest.chars().next() else { return 0 };
    if first.is_whitespace() || matches!(first, '【' | '—' | '·' | '：' | ':' | '，' | '”' | '、' | '】' | '－' | '-')
    {
        return first.len_utf8();
    }
    if first.is_ascii_digit() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ':' | '-')).unwrap_or(rest.len());
        let unit = rest[digits..].chars().next();
        return match unit {
            Some(c @ ('年' | '月' | '日' | '时' | '点' | '分' | '号')) => digits + c.len_utf8(),
            _ => 0,
        };
    }
    if matches!(first, '（' | '(') {
        return rest
            .find(['）', ')'])
            .filter(|i| *i < 150)
            .map_or(0, |i| i + rest[i..].chars().next().map_or(0, char::len_utf8));
    }
    grammar.openers.prefix(rest).map_or(0, str::len)
}

fn trimmed(text: &str, span: Span) -> Span {
    let words = span.of(text);
    let start = span.start + (words.len() - words.trim_start().len());
    Span::new(start, (start + words.trim().len()).max(start))
}

/// A title without what leads to it: 前往现场的市长 -> 市长.
fn clean_title(title: &str) -> String {
    let title = title.trim().trim_end_matches(['的', '、', '，', ' ']);
    let at = title.rfind(['的', '）', '】', '”']).map_or(0, |i| i + '的'.len_utf8());
    title[at..].trim().to_owned()
}

fn join_title(before: &str, behind: &str) -> String {
    if behind.is_empty() || before.is_empty() { format!("{before}{behind}") } else { before.to_owned() }
}
