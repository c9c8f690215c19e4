//! Lines as people type them: numbers with what they count, dates in figures, names with numbers.

use crate::search::Archive;
use std::sync::OnceLock;

fn archive() -> &'static Archive {
    static ARCHIVE: OnceLock<Archive> = OnceLock::new();
    ARCHIVE.get_or_init(|| {
        Archive::new(&[
            ("甲", "渡口投资3000万元，其中30亿吨是笔误，门票5,000元，全天24小时开放。"),
            ("乙", "堤坝耗资13000万元，又拨130亿元，船票15000元，工期124小时，用30分钟。"),
            ("丙", "增速0.1个百分点，气温升高1.5℃，比赛3:1结束，年龄在20-30岁。"),
            ("丁", "增速0.15，气温25℃，老桥3米宽，比分2比1，5人受伤。"),
            ("戊", "2023年7月28日，木船下水；2022年的渡口用过歼20模型。"),
            ("己", "7月28日木船又下水，展台上有F-35、GPT4和歼-20，还有ChatGPT。"),
            ("庚", "双十一的渡口，9·11也有人提到。投资额3000万，占12%。"),
            ("辛", "网友留言❤️很好，一家三口👨‍👩‍👧来了，第1️⃣名。"),
        ])
    })
}

#[test]
fn a_number_is_found_with_what_it_counts() {
    for (line, expected) in [
        ("3000万元", vec![0]),
        ("3,000万元", vec![0]),
        ("3000万", vec![0, 6]),
        ("30亿吨", vec![0]),
        ("5000元", vec![0]),
        ("5,000元", vec![0]),
        ("24小时", vec![0]),
        ("130亿元", vec![1]),
        ("0.1", vec![2]),
        ("0.1个百分点", vec![2]),
        ("0.15", vec![3]),
        ("1.5℃", vec![2]),
        ("25℃", vec![3]),
        ("3:1", vec![2]),
        ("2:1", vec![3]),
        ("20-30岁", vec![2]),
        ("20~30", vec![2]),
        ("12%", vec![6]),
    ] {
        let answer = archive().answer(line);
        let whole: Vec<usize> = answer.hits.iter().take(answer.whole as usize).map(id).collect();
        let mut sorted = whole.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, expected, "{line}");
    }
}

fn id(hit: &jianbao::search::Hit) -> usize {
    hit.passage.article.id.parse().unwrap()
}

#[test]
fn a_date_in_figures_is_found_as_it_is_printed() {
    for (line, expected) in [
        ("20230728", vec![4, 5]),
        ("2023.7.28", vec![4, 5]),
        ("2023.7", vec![4]),
        ("2023-07", vec![4]),
        ("2023/7", vec![4]),
        ("7-28", vec![4, 5]),
        ("07/28", vec![4, 5]),
        ("07月28日", vec![4, 5]),
        ("2023年07月28日", vec![4, 5]),
        ("12345678", vec![]),
    ] {
        assert_eq!(archive().found(line), expected, "{line}");
    }
    // A text may leave out the year, but does not hold the day as typed then.
    for line in ["2023年7月28日", "2023-07-28", "20230728"] {
        let answer = archive().answer(line);
        assert_eq!((answer.whole, answer.articles, id(&answer.hits[0])), (1, 2, 4), "{line}");
    }
}

#[test]
fn a_name_with_a_number_is_found_with_and_without_its_hyphen() {
    for (line, expected) in [
        ("F35", vec![5]),
        ("F-35", vec![5]),
        ("GPT-4", vec![5]),
        ("gpt4", vec![5]),
        ("歼-20", vec![4, 5]),
        ("歼20", vec![4, 5]),
        ("Chat GPT", vec![5]),
        ("双11", vec![6]),
        ("双十一", vec![6]),
        ("9·11", vec![6]),
    ] {
        assert_eq!(archive().found(line), expected, "{line}");
    }
}

#[test]
fn pictures_are_found_whatever_joins_their_parts() {
    for line in ["❤️", "❤", "👨‍👩‍👧", "“❤很好”", "“❤️很好”", "很好❤️", "1️⃣", "三口 1️⃣"]
    {
        assert_eq!(archive().found(line), [7], "{line}");
    }
}

#[test]
fn a_line_never_means_every_article_without_a_word() {
    let all = archive().answer("").articles;
    for line in ["👍", "？", "--", "——", "1️⃣", "()", "“”", "NOT", "OR", "-", "title:", "same:()"]
    {
        let (query, remarks) = jianbao::query::parse(line);
        // A line of which nothing is left asks for nothing; the program says so.
        assert!(!remarks.is_empty() || query.clauses.is_empty(), "{line}");
        assert!(query.clauses.is_empty() || archive().answer(line).articles < all, "{line}");
    }
}
