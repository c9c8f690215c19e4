//! Tests of the grammar of query lines.

use super::{Clause, parse};
use proptest::prelude::*;

fn read(line: &str) -> Vec<Clause> {
    parse(line).0.clauses
}

fn words(text: &str) -> Clause {
    Clause::Words(text.to_owned())
}

fn exact(text: &str) -> Clause {
    Clause::Exact(text.to_owned())
}

#[test]
fn every_form_is_read() {
    assert_eq!(read("大公司 反应　慢"), [words("大公司"), words("反应"), words("慢")]);
    assert_eq!(read("\"a b\" “对资源” 「浪費」"), [exact("a b"), exact("对资源"), exact("浪費")]);
    assert_eq!(
        read("甲 -乙 -“丙丁”"),
        [words("甲"), Clause::Not(Box::new(words("乙"))), Clause::Not(Box::new(exact("丙丁")))]
    );
    assert_eq!(read("a OR b OR “c”"), [Clause::Any(vec![words("a"), words("b"), exact("c")])]);
    assert_eq!(read("a|b c"), [Clause::Any(vec![words("a"), words("b")]), words("c")]);
    assert_eq!(
        read("大模型* *模型"),
        [Clause::Prefix("大模型".into()), Clause::Suffix("模型".into())]
    );
    assert_eq!(
        read("same:(甲 乙) near/5：（丙 丁）"),
        [
            Clause::Same(vec!["甲".into(), "乙".into()]),
            Clause::Near(5, vec!["丙".into(), "丁".into()])
        ]
    );
    assert_eq!(
        read("title:百度 标题：“百模大战”"),
        [Clause::Title(Box::new(words("百度"))), Clause::Title(Box::new(exact("百模大战")))]
    );
}

#[test]
fn terms_are_clauses_with_alternatives_and_words_of_groups_counted() {
    for (line, expected) in [
        ("", 0),
        ("大公司 反应　慢", 3),
        ("“对资源的浪费” 大公司反应慢 -乙", 3),
        ("a OR b OR “c” 丁*", 4),
        ("-(甲 OR 乙) title:丙", 3),
        ("same:(甲 乙) near/5:(丙 丁 戊)", 5),
    ] {
        assert_eq!(parse(line).0.terms(), expected, "{line}");
    }
}

#[test]
fn what_is_malformed_is_plain_text_with_a_remark() {
    for (line, expected) in [
        ("“没关", vec![words("没关")]),
        ("same:(甲", vec![words("same:"), words("甲")]),
        ("near/x:(甲 乙)", vec![words("near/x:(甲"), words("乙)")]),
        ("OR 甲", vec![words("OR"), words("甲")]),
        ("甲 OR", vec![words("甲"), words("OR")]),
        ("甲*乙", vec![words("甲*乙")]),
        ("- gpt-4 +", vec![words("-"), words("gpt-4"), words("+")]),
    ] {
        assert_eq!(read(line), expected, "{line}");
    }
    assert!(!parse("“没关").1.is_empty());
    assert!(!parse("甲 OR").1.is_empty());
}

/// Found by fuzzing: the bracket takes the mark before 乙, and the two that follow are then a
/// quotation of nothing.
#[test]
fn a_quotation_that_a_bracket_leaves_empty_is_left_out() {
    let same = Clause::Same(vec!["甲".into(), "乙".into()]);
    let (query, remarks) = parse("same:(甲 \"乙) \"\" 丙\"");
    assert_eq!(query.clauses, [same.clone(), words("丙")]);
    assert!(remarks.iter().any(|remark| remark.0.contains("empty quotation")));
    // What stood before it as an alternative stays.
    assert_eq!(read("same:(甲 \"乙) 丁|\"\" 丙\""), [same, words("丁"), words("丙")]);
}

fn any(clauses: &[Clause]) -> Clause {
    Clause::Any(clauses.to_vec())
}

fn not(clause: Clause) -> Clause {
    Clause::Not(Box::new(clause))
}

fn must(word: &str) -> Clause {
    Clause::Must(word.to_owned())
}

fn near(words: &[&str]) -> Clause {
    Clause::Near(200, words.iter().map(|&word| word.to_owned()).collect())
}

fn title(clause: Clause) -> Clause {
    Clause::Title(Box::new(clause))
}

#[test]
fn brackets_group() {
    let (a, b, c) = (|| words("甲"), || words("乙"), || words("丙"));
    for (line, expected) in [
        ("(甲 OR 乙)", vec![any(&[a(), b()])]),
        ("（甲|乙） 丙", vec![any(&[a(), b()]), c()]),
        ("((甲 OR 乙) OR 丙)", vec![any(&[a(), b(), c()])]),
        ("(甲 乙) 丙", vec![a(), b(), c()]),
        ("甲 (乙)", vec![a(), b()]),
        ("-(甲 乙) 丙", vec![not(a()), not(b()), c()]),
        ("丙 -(甲|乙)", vec![c(), not(any(&[a(), b()]))]),
        ("NOT (甲 OR 乙) 丙", vec![not(any(&[a(), b()])), c()]),
        ("(甲 乙) OR 丙", vec![any(&[near(&["甲", "乙"]), c()])]),
        ("丙 OR (甲 乙)", vec![any(&[c(), near(&["甲", "乙"])])]),
        ("title:(甲 乙)", vec![title(a()), title(b())]),
        ("title:(甲|乙)", vec![any(&[title(a()), title(b())])]),
        ("(甲 “乙”)丙", vec![a(), exact("乙"), c()]),
        ("李(彦)宏 甲", vec![words("李(彦)宏"), a()]),
        ("(李(彦)宏 甲", vec![words("李(彦)宏"), a()]),
        ("() 甲", vec![a()]),
    ] {
        assert_eq!(read(line), expected, "{line}");
    }
    assert!(parse("(甲 OR 乙)").1.is_empty() && parse("丙 -(甲|乙)").1.is_empty());
    for line in ["(甲", "() 甲", "(甲 乙)|丙", "-(甲 乙)"] {
        assert!(!parse(line).1.is_empty(), "{line}");
    }
}

/// Found by fuzzing: the bracket after 乙 belongs to the one inside 甲（丁, and would close the
/// group of 乙 and itself when these are printed by themselves.
#[test]
fn a_lone_bracket_in_an_excluded_group_is_excluded_by_itself() {
    for line in
        ["-(甲（丁 乙|))", "-(甲（丁 乙|）)", "丙 -（title:甲（丁 乙|)）", "-(甲（丁 乙|)*)"]
    {
        let (query, remarks) = parse(line);
        let printed = query.to_string();
        assert_eq!(parse(&printed).0, query, "{line}: {printed}");
        assert!(remarks.iter().any(|remark| remark.0.contains("by itself")), "{line}");
    }
    let excluded = ["甲（丁", "乙", ")"].map(|word| not(words(word)));
    assert_eq!(read("-(甲（丁 乙|))"), excluded);
    assert_eq!(read("-(甲(丁)|乙)"), [not(any(&[words("甲(丁)"), words("乙")]))]);
}

/// Found by fuzzing: a dash behind a lone bracket was printed where it reads as a minus.
#[test]
fn a_dash_behind_a_bracket_is_printed_as_it_is_read() {
    for line in ["费)—ₔ ne", "费)-乙", "费）―乙", "(甲|乙)—丙", "甲)——乙", "费)–乙", "甲)!乙"]
    {
        let query = parse(line).0;
        assert_eq!(parse(&query.to_string()).0, query, "{line}: {query}");
    }
    assert_eq!(read("“百模大战”—李彦宏"), [exact("百模大战"), words("李彦宏")]);
}

/// Found by fuzzing: `NOT -` was printed as two minuses.
#[test]
fn an_excluded_minus_is_printed_as_it_is_read() {
    for line in ["NOT -", "NOT\"-", "甲 NOT －", "-(- 甲)", "NOT --", "NOT - 甲"] {
        let query = parse(line).0;
        assert_eq!(parse(&query.to_string()).0, query, "{line}: {query}");
    }
    assert_eq!(read("NOT -"), [not(words("-"))]);
}

/// Found by fuzzing: 甲⃣( becomes a quotation, and the bracket behind 乙 closes nothing then.
#[test]
fn a_bracket_in_a_picture_closes_nothing() {
    for line in ["甲⃣(丁 “乙”)", "★( “乙” )", "★（ 乙 丙）★", "甲⃣( “乙” 丙)1⃣(丁 乙)"]
    {
        let (query, remarks) = parse(line);
        let printed = query.to_string();
        assert_eq!(parse(&printed).0, query, "{line}: {printed}");
        assert!(!remarks.is_empty(), "{line}");
    }
    assert_eq!(read("★( “乙” )"), [exact("★("), exact("乙")]);
}

/// Found by fuzzing: a bracket or mark inside a group kept OR and 甲 apart, and the words of the
/// printed group were parted and read otherwise.
#[test]
fn words_of_a_group_join_nothing() {
    let group = |words: &[&str]| Clause::Same(words.iter().map(|&word| word.to_owned()).collect());
    for (line, expected) in [
        ("same:(甲OR(标题：\"★)", group(&["甲OR标题：", "★"])),
        ("same:(甲OR“乙” 丙)", group(&["甲OR乙", "丙"])),
        ("same:(甲OR乙 丙)", group(&["甲OR乙", "丙"])),
        ("same:(甲 或 乙)", group(&["甲", "或", "乙"])),
        ("same:(“或者” 乙)", group(&["或者", "乙"])),
        ("same:(“–甲” 乙)", group(&["-甲", "乙"])),
        ("same:(“'甲” 乙')", group(&["甲", "乙"])),
        ("(“甲OR乙” “–丙” „丁)|戊", any(&[near(&["甲OR乙", "-丙", "丁"]), words("戊")])),
        ("(“甲「„” 乙)|丙", any(&[near(&["甲", "乙"]), words("丙")])),
    ] {
        let (query, remarks) = parse(line);
        assert_eq!(query.clauses, [expected], "{line}");
        assert_eq!(parse(&query.to_string()).0, query, "{line}: {query}");
        assert!(!remarks.is_empty() || line == "same:(甲OR乙 丙)", "{line}");
    }
}

/// Found by random lines: what was left of a line (marks without a partner, a word that joins, a
/// bracket) stood otherwise beside its neighbours when it was printed.
#[test]
fn what_is_left_of_a_line_reads_equal_when_it_is_printed() {
    for line in [
        // A mark of another kind quotes once the mark or bracket beside it is gone.
        "„‘AND’",
        ")«甲»",
        "“甲”‘：’",
        "'，'“5”",
        "-(« »）",
        "' AND ''甲",
        "或者''AND 乙",
        "' near/3:(–'（\":)",
        "„„“「'乙”",
        // A word that joins was left by a bracket or before one.
        "甲 （OR|) 乙",
        "甲 (NOT|) 乙",
        "-甲 AND｜-(乙)",
        ": 或者NOT标题：",
        "+ OR （OR（)",
        "甲 或 ＋或(）",
        // A group took the partner of a mark, a quotation that of a bracket.
        "same:(甲 ”乙)）”",
        "same:(“甲 乙）—丙 〞",
        "*near/3:(*\"）",
        "*(* 或 ）",
    ] {
        let query = parse(line).0;
        assert_eq!(parse(&query.to_string()).0, query, "{line}: {query}");
    }
    assert_eq!(read("甲 (OR|) 乙"), [words("甲"), exact("OR"), words("乙")]);
    assert_eq!(read("‘甲 dogs' 乙’s"), [words("甲"), words("dogs"), words("乙’s")]);
}

/// 或 is OR wherever a clause may begin, as OR is, so that it is so when it is printed.
#[test]
fn a_chinese_word_for_or_is_read_as_it_is_printed() {
    let either = || vec![any(&[exact("甲"), words("乙")])];
    for line in ["“甲”或 乙", "“甲” 或者 乙", "(“甲”) 或是(乙)"] {
        assert_eq!(noted(line), (either(), true), "{line}");
    }
    assert_eq!(read("甲 或“乙”"), [any(&[words("甲"), exact("乙")])]);
    assert_eq!(read("甲 (或|乙)"), [words("甲"), any(&[exact("或"), words("乙")])]);
    assert_eq!(read("甲 或 |"), [words("甲"), words("或")]);
    assert_eq!(read("或"), [words("或")]);
    for line in ["甲NOT或 乙", "甲OR或 乙", "-甲 或 乙", "甲 (或) 乙", "甲 或* +或 或|丙"]
    {
        let query = parse(line).0;
        assert_eq!(parse(&query.to_string()).0, query, "{line}: {query}");
    }
}

/// Found by fuzzing: a bracket that closes is no word that a sign could stand before.
#[test]
fn a_sign_before_a_closing_bracket_excludes_no_bracket() {
    for line in ["-(甲|- )", "-(甲|-)", "-(甲|+)", "-(甲|－)"] {
        let (query, _) = parse(line);
        let excluded = query.to_string();
        assert!(matches!(query.clauses.as_slice(), [Clause::Not(_)]), "{line}: {excluded}");
        assert!(excluded.contains('甲') && !excluded.contains("))"), "{line}: {excluded}");
        assert_eq!(parse(&excluded).0, query, "{line}: {excluded}");
    }
}

#[test]
fn words_that_join_others_are_read_as_people_mean_them() {
    let (a, b) = (|| words("甲"), || words("乙"));
    for (line, expected) in [
        ("甲 NOT 乙", vec![a(), not(b())]),
        ("甲 AND 乙", vec![must("甲"), must("乙")]),
        ("甲 AND NOT 乙", vec![must("甲"), not(b())]),
        ("甲 AND (乙 OR 丙)", vec![must("甲"), any(&[b(), words("丙")])]),
        ("+甲 乙", vec![must("甲"), b()]),
        ("+甲|乙", vec![any(&[a(), b()])]),
        ("+“甲”", vec![exact("甲")]),
        ("C++ -", vec![words("C++"), words("-")]),
        ("甲 OR -乙", vec![a(), not(b())]),
        ("NOT", vec![words("NOT")]),
        ("AND 甲", vec![words("AND"), a()]),
        ("ANDROID NOTE ORAL", vec![words("ANDROID"), words("NOTE"), words("ORAL")]),
    ] {
        assert_eq!(read(line), expected, "{line}");
    }
    for line in
        ["NOT", "甲 AND", "甲 OR -乙", "甲 or 乙", "甲 -v", "甲 AND 乙 OR 丙", "title:甲|乙"]
    {
        assert!(!parse(line).1.is_empty(), "{line}");
    }
    for line in ["甲 NOT 乙", "甲 AND 乙", "+甲 乙", "甲 -乙", "甲 AND (乙 OR 丙)"] {
        assert!(parse(line).1.len() <= usize::from(line.contains("OR")), "{line}");
    }
}

#[test]
fn signs_alone_are_looked_for_and_among_words_said() {
    for sign in ["👍", "？", "%", "+", "，。", "*", "——"] {
        let (query, remarks) = parse(sign);
        assert_eq!(query.clauses, [exact(sign)], "{sign}");
        assert!(remarks[0].0.contains(sign), "{sign}");
    }
    assert_eq!(read("减税 👍"), [words("减税"), exact("👍")]);
    assert_eq!(read("减税 ？"), [words("减税"), words("？")]);
    assert_eq!(parse("减税 ？").1.len(), 1);
    assert_eq!(read("？ -甲"), [exact("？"), not(words("甲"))]);
    assert_eq!(read("title:？"), [title(exact("？"))]);
}

#[test]
fn a_distance_that_is_none_or_too_far_is_said() {
    for line in ["near/65535:(甲 乙)", "near/99999999999999999999:(甲 乙)"] {
        let (query, remarks) = parse(line);
        assert_eq!((query.clauses, remarks.len()), (vec![near(&["甲", "乙"])], 1), "{line}");
    }
    for line in ["near/x:(甲 乙)", "near/5(甲 乙)", "near/5:甲"] {
        assert!(!parse(line).1.is_empty(), "{line}");
    }
}

#[test]
fn what_nobody_sees_is_not_read() {
    assert_eq!(read("水\u{200b}厂\u{ad}\u{2060}\u{feff}"), [words("水厂")]);
    assert_eq!(read("\u{200b}"), []);
}

/// The clauses of a line, and whether something is said of them.
fn noted(line: &str) -> (Vec<Clause>, bool) {
    let (query, remarks) = parse(line);
    (query.clauses, !remarks.is_empty())
}

#[test]
fn quotation_marks_of_every_kind_quote_a_clause() {
    for line in ["‘甲 乙’", "'甲 乙'", "«甲 乙»", "„甲 乙“", "〝甲 乙〞", "＂甲 乙＂", "『甲 乙』"]
    {
        assert_eq!(noted(line), (vec![exact("甲 乙")], false), "{line}");
    }
    // Marks that are taken for one another are said.
    for line in ["“甲 乙“", "”甲 乙”", "\"甲 乙”", "“甲 乙\"", "”甲 乙“"]
    {
        assert_eq!(noted(line), (vec![exact("甲 乙")], true), "{line}");
    }
    assert_eq!(noted("-‘甲’ 乙"), (vec![not(exact("甲")), words("乙")], false));
    assert_eq!(read("“他说‘甲’” 乙"), [exact("他说‘甲’"), words("乙")]);
    assert_eq!(read("O'Neal it's '甲"), [words("O'Neal"), words("it's"), words("甲")]);
    assert_eq!(noted("甲”").0, [words("甲")]);
    assert!(noted("甲”").1 && noted("“甲").1);
}

#[test]
fn a_minus_of_any_kind_leaves_out() {
    let expected = || vec![words("甲"), not(words("乙"))];
    for line in ["甲 -乙", "甲 －乙", "甲 −乙", "甲 –乙", "甲 ﹣乙", "甲 ‑乙"] {
        assert_eq!(noted(line), (expected(), false), "{line}");
    }
    for line in ["甲 --乙", "甲 —乙", "甲 NOT -乙", "甲 NOT NOT 乙"] {
        assert_eq!(read(line), expected(), "{line}");
    }
    assert!(noted("甲 --乙").1 && noted("甲 —乙").1 && noted("甲 NOT NOT 乙").1);
    for line in ["甲 !乙", "甲 ！乙", "甲 ——乙"] {
        assert!(noted(line).1 && !read(line).contains(&not(words("乙"))), "{line}");
    }
    // A number below zero may be meant, and a line that only leaves out asks for all others.
    for line in ["气温 -5℃", "增长 +5%", "-甲", "NOT 甲", "-(甲|乙)"] {
        assert!(noted(line).1, "{line}");
    }
    assert_eq!(read("--"), [exact("--")]);
    assert_eq!(read("甲——乙 甲-乙"), [words("甲——乙"), words("甲-乙")]);
}

#[test]
fn words_that_join_are_known_in_every_spelling_or_said() {
    let either = || vec![any(&[words("甲"), words("乙")])];
    for line in ["甲 ＯＲ 乙", "甲OR乙", "甲 或 乙", "甲 或者 乙", "甲 OR OR 乙", "甲 || 乙"]
    {
        assert_eq!(read(line), either(), "{line}");
    }
    for line in
        ["甲OR乙", "甲 或 乙", "甲 OR OR 乙", "甲 Or 乙", "甲 And 乙", "甲 Not 乙", "甲 && 乙"]
    {
        assert!(noted(line).1, "{line}");
    }
    assert_eq!(read("甲 ＮＯＴ 乙"), [words("甲"), not(words("乙"))]);
    assert_eq!(read("甲NOT乙"), [words("甲"), not(words("乙"))]);
    for line in ["OR门", "DOOR", "甲或乙", "或 甲", "甲 或"] {
        assert!(!read(line).iter().any(|c| matches!(c, Clause::Any(_))), "{line}");
    }
}

#[test]
fn names_before_a_colon_are_known_or_said() {
    for line in ["TITLE:甲", "Title：甲", "title: 甲", "ｔｉｔｌｅ：甲", "intitle:甲", "标题: 甲"]
    {
        assert_eq!(noted(line), (vec![title(words("甲"))], false), "{line}");
    }
    assert_eq!(read("-title:(甲)"), [not(title(words("甲")))]);
    for line in ["speaker:甲", "source：甲", "site:甲", "来源:甲", "Since:2023"] {
        assert!(noted(line).1 && matches!(read(line)[..], [Clause::Words(_)]), "{line}");
    }
    for line in ["title:", "title: -甲", "title: OR 甲", "-title:", "title:|甲"] {
        assert!(noted(line).1, "{line}");
    }
    assert_eq!(read("title: -甲"), [words("title"), not(words("甲"))]);
    assert_eq!(noted("10:30 http://甲"), (vec![words("10:30"), words("http://甲")], false));
}

#[test]
fn what_stands_in_a_group_otherwise_than_meant_is_said() {
    let both = || Clause::Same(vec!["甲".into(), "乙".into()]);
    assert_eq!(noted("SAME:(甲 乙)"), (vec![both()], false));
    assert_eq!(
        noted("Near/２：（甲 乙）"),
        (vec![Clause::Near(2, vec!["甲".into(), "乙".into()])], false)
    );
    assert_eq!(noted("same:(“甲” 乙)"), (vec![both()], true));
    for line in [
        "near:(甲 乙)",
        "near (甲 乙)",
        "same (甲 乙)",
        "near/5.5:(甲 乙)",
        "near/-1:(甲 乙)",
        "same:(甲 OR 乙)",
        "same:(甲 -乙)",
        "same:(甲 乙|丙)",
        "same:()",
        "甲)",
        ")甲(",
    ] {
        assert!(noted(line).1, "{line}");
    }
    assert_eq!(read("甲)"), [words("甲")]);
    assert_eq!(noted("甲 :) 乙").0[1], words(":)"));
    assert_eq!(read("same:(甲)"), [words("same:"), words("甲")]);
}

#[test]
fn pictures_are_looked_for_beside_the_word_that_they_stand_at() {
    assert_eq!(noted("加油👍"), (vec![words("加油"), exact("👍")], true));
    // Of ❤️ and of joined pictures what nobody sees is not read.
    assert_eq!(read("❤\u{fe0f}"), [exact("❤")]);
    assert_eq!(read("👨\u{200d}👩\u{200d}👧"), [exact("👨👩👧")]);
    assert_eq!(read("水\u{200d}厂 水\u{fe0f}厂"), [words("水厂"), words("水厂")]);
    assert_eq!(noted("减税？"), (vec![words("减税？")], false));
}

#[test]
fn a_hostile_line_gets_a_bounded_number_of_remarks() {
    let line: String = (0..2_000).map(|i| format!("-{i} speaker:{i} ‘甲{i}” ")).collect();
    assert!(parse(&line).1.len() <= 24);
}

proptest! {
    #[test]
    fn a_printed_query_reads_equal(line in "([甲乙a+★\u{20e3} \\-—–|*“”\"'„「」()（）:：/5]|OR|AND|\
     NOT|或|same:\\(|near\
     /3:\\(|title:|标题：|\\PC){0,30}") {
        let (query, _) = parse(&line);
        let printed = query.to_string();
        prop_assert_eq!(&parse(&printed).0, &query, "{}", printed);
    }
}
