//! The file of reprints: what goes in comes out, and what was damaged does not.

use super::*;
use proptest::prelude::*;
use std::sync::LazyLock;

const NAME: &str = "reprints-1.bin";

/// Reports in three wordings, a few copies of each with other tails.
static IMPRINTS: LazyLock<Vec<Imprint>> = LazyLock::new(|| {
    let texts = [
        "青石岭水库扩建工程上周开工，坝体加高六米，",
        "北渡大学图书馆重新开放地方志阅览室，",
        "临江今年的稻谷丰收，",
    ];
    let imprint = |i: u64| {
        let text = texts[i as usize % texts.len()];
        let body: String = (0..12)
            .map(|k| format!("{text}这是第{}段的说明", ["甲", "乙", "丙", "丁"][k % 4]))
            .collect();
        Imprint {
            article: (i + 1) * 0x1234_5678_9abc,
            id: ArticleId::new(&format!("a{i}")),
            date: (!i.is_multiple_of(3)).then_some(i as i64 * 3600),
            source: Outlet::new(["", "临江日报"][i as usize % 2]),
            outlet: Outlet::new("晚报"),
            sketch: Sketch::new(&format!("{body}{}", ["", "完", "编辑：林一"][i as usize / 3 % 3])),
        }
    };
    (0..12).map(imprint).collect()
});

/// Those of the imprints; each comes from a file of its own but the last four, which share one.
fn reprints(which: impl Iterator<Item = usize>) -> Imprints {
    let mut reprints = Imprints::default();
    which.for_each(|i| reprints.insert(&path(i), IMPRINTS[i].clone()));
    reprints
}

fn path(i: usize) -> String {
    format!("news/{}.txt", i.min(8))
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    for reprints in [Imprints::default(), reprints(0..1), reprints(0..12)] {
        reprints.write(folder.path(), NAME).unwrap();
        assert_eq!(Imprints::read(folder.path(), NAME).unwrap(), reprints);
    }
}

#[test]
fn groups_are_found_by_article_number() {
    let folder = tempfile::tempdir().unwrap();
    reprints(0..12).write(folder.path(), NAME).unwrap();
    let groups = open_groups(folder.path(), NAME).unwrap();
    assert_eq!((groups.len(), groups.articles()), (3, 12));
    let all: Vec<&Imprint> = IMPRINTS.iter().collect();
    for (number, members) in group(&all).into_iter().enumerate() {
        let articles: Vec<u64> = members.iter().map(|&i| IMPRINTS[i].article).collect();
        assert!(articles.iter().all(|&article| groups.group(article) == Some(number as u32)));
        assert_eq!(groups.original(number as u32), articles.first().copied());
        assert_eq!(groups.members(number as u32), articles);
    }
    assert_eq!(
        (groups.group(7), groups.original(3), groups.members(u32::MAX).len()),
        (None, None, 0)
    );
}

#[test]
fn an_article_alone_is_in_no_group() {
    let folder = tempfile::tempdir().unwrap();
    reprints(0..3).write(folder.path(), NAME).unwrap();
    let groups = open_groups(folder.path(), NAME).unwrap();
    assert!(groups.is_empty() && groups.group(IMPRINTS[0].article).is_none());
}

#[test]
fn a_file_takes_its_articles_with_it() {
    let mut all = reprints(0..12);
    assert_eq!(all.remove_file(&path(8)), 4);
    assert!(all.remove(IMPRINTS[7].article) && !all.remove(IMPRINTS[7].article));
    assert_eq!(all, reprints(0..7));
}

#[test]
fn a_damaged_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    reprints(0..12).write(folder.path(), NAME).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        std::fs::write(&path, &bytes).unwrap();
        assert!(
            matches!(Imprints::read(folder.path(), NAME), Err(Error::Damaged { .. })),
            "byte {at}"
        );
        // A search does not read it all, but it never fails for it.
        if let Ok(groups) = open_groups(folder.path(), NAME) {
            IMPRINTS
                .iter()
                .filter_map(|i| groups.group(i.article))
                .for_each(|group| drop(groups.members(group)));
        }
    }
    for end in [0, 5, 47, 48, whole.len() - 1] {
        std::fs::write(&path, &whole[..end]).unwrap();
        assert!(matches!(Imprints::read(folder.path(), NAME), Err(Error::Damaged { .. })));
        assert!(matches!(open_groups(folder.path(), NAME), Err(Error::Damaged { .. })));
    }
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(open_groups(folder.path(), NAME), Err(Error::Damaged { .. })));
}

#[test]
fn only_the_file_of_the_ledger_stays() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["reprints-1.bin", "reprints-2.bin", "ledger-1.jsonl"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    Imprints::remove_others(folder.path(), &Imprints::name("ledger-2.jsonl"));
    assert_eq!(
        ["reprints-1.bin", "reprints-2.bin", "ledger-1.jsonl"]
            .map(|n| folder.path().join(n).exists()),
        [false, true, true]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn an_update_gives_the_file_that_a_build_gives(
        before in proptest::collection::vec(0..12usize, 0..12),
        gone in proptest::collection::vec(0..12usize, 0..6),
        new in proptest::collection::vec(0..12usize, 0..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        reprints(before.iter().copied()).write(folder.path(), NAME).unwrap();
        let mut updated = Imprints::read(folder.path(), NAME).unwrap();
        gone.iter().for_each(|&i| { updated.remove(IMPRINTS[i].article); });
        new.iter().for_each(|&i| updated.insert(&path(i), IMPRINTS[i].clone()));
        updated.write(folder.path(), "updated").unwrap();
        let left = (0..12).filter(|i| new.contains(i) || before.contains(i) && !gone.contains(i));
        reprints(left).write(folder.path(), "built").unwrap();
        let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
        prop_assert_eq!(read("updated"), read("built"));
    }
}
