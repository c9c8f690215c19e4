//! Grouping as a whole, on texts written for it.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A report of usual length.
const REPORT: &str = "临江市水务局局长何望舒在新闻发布会上介绍，为保障主城区供水，青石岭水库扩建工\
    程于上周正式开工。\
工程把坝体加高六米，库容由此前的两千万立方米提高到三千五百万立方米，计划后年汛期前投入使用。何望舒\
说，扩建期间水库照常供水，\
沿岸三个村的灌溉改由东干渠承担，渠道清淤已经完成。针对居民关心的移民安置问题，他表示涉及的一百二十\
户人家全部在镇内安置，\
新村的道路、学校和卫生所与住房同时交付，补偿款由专户直接发到各户，村里张榜公布，接受监督。环保部门\
要求施工避开鱼类产卵的季节，\
并在下游修建一条过鱼通道，由水产研究所连续五年监测效果。水库上游的两家造纸厂已在去年年底关停，原址\
将种上水源涵养林。\
市财政局透露，工程总投资来自专项债券和市级配套资金，不向用水户加价。记者在现场看到，左岸的导流洞已\
经打通，工人正在浇筑洞口的衬砌。";

/// Other news of usual length.
const OTHER: &str = "北渡大学图书馆的地方志阅览室本月重新开放，读者可以在这里查阅三百多种县志的影\
    印本。馆长沈若兰介绍，\
阅览室闭馆修缮的一年里，馆员把破损的书页逐一揭裱，给每一种县志做了书目和索引，还请历史系的学生把其\
中的灾害记录录入数据库。\
过去读者找一条旱灾的记载，往往要翻遍十几册书，如今输入年号和地名就能看到原文的照片。沈若兰说，数据\
库对校外读者同样免费，\
只是要先登记姓名和用途，因为有些收藏者把家谱借给图书馆时约定不得用于商业。阅览室的座位不多，周末需\
要预约，\
老人可以请志愿者代为抄录。图书馆还计划在秋天办一次县志里的家乡的展览，从各县的物产、桥梁和方言三个\
方面选出展品，\
请当地的中学生来做讲解。历史系教授严守一认为，地方志里的材料要同报纸和账簿对着读，不能只看一家之言\
，好在馆里这三样都有。";

fn imprint(article: u64, body: &str) -> Imprint {
    let id = ArticleId::new(&format!("a{article}"));
    Imprint { article, id, date: None, source: None, outlet: None, sketch: Sketch::new(body) }
}

/// The numbers of the articles of each group.
fn numbers(imprints: &[Imprint]) -> Vec<Vec<u64>> {
    let all: Vec<&Imprint> = imprints.iter().collect();
    group(&all)
        .iter()
        .map(|group| group.iter().map(|&place| imprints[place].article).collect())
        .collect()
}

fn together(a: &str, b: &str) -> bool {
    !numbers(&[imprint(1, a), imprint(2, b)]).is_empty()
}

#[test]
fn another_head_and_tail_make_a_reprint() {
    let copy = format!(
        "原标题：水库扩建不加水价。本台综合临江消息，{REPORT}（编辑：林一 来源：临江日报）更多内容\
            请下载客户端。"
    );
    assert!(together(REPORT, &copy));
}

#[test]
fn a_shortened_text_is_a_reprint() {
    let cut: String = REPORT.chars().take(190).collect();
    assert!(together(REPORT, &cut));
}

#[test]
fn width_script_spaces_and_punctuation_do_not_matter() {
    assert!(together(
        REPORT,
        &REPORT.replace('，', " , ").replace("水库", "水庫").replace('。', "．\n")
    ));
}

#[test]
fn small_edits_make_a_reprint() {
    assert!(together(
        REPORT,
        &REPORT.replace("何望舒说", "他说").replace("记者", "本报记者").replace("上周", "日前")
    ));
}

#[test]
fn other_news_is_none() {
    assert!(!together(REPORT, OTHER));
}

#[test]
fn a_digest_that_holds_a_short_item_is_none() {
    let item: String = OTHER.chars().take(60).collect();
    assert!(!together(&item, &format!("{REPORT}{item}")));
}

#[test]
fn a_form_with_other_numbers_is_none() {
    let report = |day: u32, price: u32, volume: u32, rate: u32| {
        format!(
            "截至{day}日收盘，青石水务报收于{price}元，换手率百分之{rate}点，成交量{volume}手，成\
                交额{}万元。资金流向方面，主力资金净流入\
             {}万元，占总成交额比例在公司近一年的日均水平附近，游资资金净流出{}万元，散户资金净流\
             入{}万元。该股最近一次入选龙虎榜是在去年，\
             融资余额居同行业中游。青石水务主营城市供水、污水处理和水利工程施工，公司一季报显示营\
             业收入和净利润与上年同期持平。\
             该股近九十天内共有三家机构给出评级，其中两家建议买入，一家建议持有，分析人士认为行业\
             景气度平稳，水价调整的时间尚不确定。以上内容由程序根据公开信息整理，与本站立场无关，\
             力求但不保证其准确和完整，如有问题请联系我们，本文不构成投资建议，股市有风险，投资需\
             谨慎。",
            volume * 3,
            volume / 7,
            volume / 9,
            volume / 11
        )
    };
    let (monday, tuesday) = (report(7, 12, 9401, 3), report(8, 15, 7733, 5));
    assert!(
        Sketch::new(&monday).resemblance(&Sketch::new(&tuesday)) > 0.5,
        "the form must be what they share"
    );
    assert!(!together(&monday, &tuesday));
    assert!(together(&monday, &format!("青石水务行情快报。{monday}责任编辑：林一")));
}

#[test]
fn share_prices_put_into_a_text_do_not_hide_a_reprint() {
    let body = format!(
        "{REPORT}全线长18公里，投资9亿元，安置120户，分4期，用工300人，占地50亩，预计工期26个月，\
            坝高61米，装机5台。"
    );
    let copy = body
        .replace("财政局", "财政局(600123.SH,12.31,-0.22,-1.62%)")
        .replace("水库", "水库(3.07)");
    assert!(together(&body, &copy));
}

#[test]
fn a_form_that_returns_next_year_is_none() {
    let next = REPORT.chars().take(200).chain(OTHER.chars().take(60)).collect::<String>();
    let mut imprints = [imprint(1, REPORT), imprint(2, &next)];
    assert_eq!(numbers(&imprints).len(), 1);
    (imprints[0].date, imprints[1].date) = (Some(0), Some(3 * 86_400));
    assert_eq!(numbers(&imprints).len(), 1);
    imprints[1].date = Some(365 * 86_400);
    assert_eq!(numbers(&imprints).len(), 0);
}

#[test]
fn a_text_without_letters_is_in_no_group() {
    assert_eq!(
        numbers(&[imprint(1, ""), imprint(2, ""), imprint(3, "……"), imprint(4, "……")]),
        Vec::<Vec<u64>>::new()
    );
}

#[test]
fn a_short_notice_needs_to_be_nearly_the_same() {
    let notice = |name: &str| {
        format!(
            "据临江市纪委监委消息：{name}涉嫌严重违纪违法，目前正接受临江市纪委监委纪律审查和监察\
                调查。"
        )
    };
    assert!(!together(&notice("市水务局原局长何某"), &notice("北渡区原副区长沈某")));
    assert!(together(&notice("市水务局原局长何某"), &notice("市水务局原局长何某")));
}

#[test]
fn the_source_that_others_name_is_the_original() {
    let outlet = |name: &str| Outlet::new(name);
    let mut imprints: Vec<Imprint> = (1..=3).map(|article| imprint(article, REPORT)).collect();
    for (imprint, (source, own, date)) in imprints.iter_mut().zip([
        ("临江日报", "门户网", 10),
        ("临江日报", "临江日报", 20),
        ("临江日报", "晚报", 15),
    ]) {
        (imprint.source, imprint.outlet, imprint.date) = (outlet(source), outlet(own), Some(date));
    }
    assert_eq!(numbers(&imprints), [vec![2, 1, 3]]);
}

#[test]
fn the_earliest_is_the_original_and_the_undated_last() {
    let mut imprints: Vec<Imprint> = (1..=4).map(|article| imprint(article, REPORT)).collect();
    (imprints[1].date, imprints[2].date, imprints[3].date) = (Some(30), Some(20), Some(20));
    assert_eq!(numbers(&imprints), [vec![3, 4, 2, 1]]);
}

/// Bulletins of one form, each with a number of its own, a day apart from each other.
fn bulletin(i: u64) -> Imprint {
    Imprint {
        date: Some(i as i64 * 86_400),
        ..imprint(i, &format!("第{}号公告。{REPORT}", i * 7_919 % 100_003))
    }
}

#[test]
fn a_large_cluster_of_one_form_is_one_group_in_any_order() {
    let mut copies: Vec<Imprint> =
        (0..3_000).map(bulletin).chain([imprint(5_000, OTHER), imprint(5_001, OTHER)]).collect();
    let groups = numbers(&copies);
    assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [3_000, 2]);
    assert_eq!(groups[0][0], 0, "the first bulletin is the original");
    copies.reverse();
    assert_eq!(numbers(&copies), groups);
    copies.sort_by_key(|imprint| imprint.article % 17);
    assert_eq!(numbers(&copies), groups);
}

#[test]
fn two_forms_in_one_archive_are_two_groups() {
    let other = |i: u64| imprint(10_000 + i, &format!("第{i}期通讯。{OTHER}"));
    let copies: Vec<Imprint> = (0..400).flat_map(|i| [bulletin(i), other(i)]).collect();
    assert_eq!(numbers(&copies).iter().map(Vec::len).collect::<Vec<_>>(), [400, 400]);
}

#[test]
fn a_sketch_has_a_bounded_number_of_pairs() {
    let sketches: Vec<Sketch> =
        (0..2_000).map(|i| bulletin(i).sketch).collect::<BTreeSet<_>>().into_iter().collect();
    let all: Vec<u32> = (0..sketches.len() as u32).collect();
    let linked = |a: u32, b: u32| sketches[a as usize].reprints(&sketches[b as usize]);
    let pairs = candidate::pairs(&sketches, &all, &linked);
    assert!(pairs.len() <= 80 * sketches.len(), "{} pairs of {}", pairs.len(), sketches.len());
    assert!(pairs.is_sorted() && pairs.windows(2).all(|pairs| pairs[0] != pairs[1]));
    let (large, remaining) = leaders::large_clusters(&sketches, &linked);
    assert!(
        remaining.len() < sketches.len() / 2,
        "{} large clusters, {} left",
        large.len(),
        remaining.len()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn groups_do_not_depend_on_order(
        order in Just((0..24usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let bodies: Vec<String> = (0..24).map(variant).collect();
        let straight: Vec<Imprint> =
            bodies.iter().enumerate().map(|(i, body)| imprint(i as u64, body)).collect();
        let shuffled: Vec<Imprint> = order.iter().map(|&i| straight[i].clone()).collect();
        prop_assert_eq!(numbers(&straight), numbers(&shuffled));
    }

    #[test]
    fn taking_articles_out_is_as_if_they_had_never_been(
        kept in proptest::collection::vec(any::<bool>(), 24),
    ) {
        let left: Vec<Imprint> =
            (0..24).filter(|&i| kept[i]).map(|i| imprint(i as u64, &variant(i))).collect();
        let groups = numbers(&left);
        prop_assert!(groups.iter().flatten().all(|&article| kept[article as usize]));
        let mut backwards = left;
        backwards.reverse();
        prop_assert_eq!(groups, numbers(&backwards));
    }

    #[test]
    fn a_sketch_outlives_its_bytes(body in "\\PC{0,200}") {
        let sketch = Sketch::new(&body);
        prop_assert_eq!(Sketch::from_bytes(&sketch.to_bytes()), sketch);
        prop_assert!(sketch.length() == 0 || sketch.reprints(&sketch));
    }

    #[test]
    fn estimates_are_near_the_truth(cut in 40..300usize) {
        let part: String = REPORT.chars().take(cut).collect();
        let mixed = format!("{part}{OTHER}");
        let exact = overlap(&mixed, REPORT, 8).resemblance as f32;
        let estimate = Sketch::new(&mixed).resemblance(&Sketch::new(REPORT));
        // Four standard errors.
        prop_assert!((estimate - exact).abs() < 0.24, "{} for {}", estimate, exact);
    }
}

/// Copies of two texts with ever more of the other at their end: some are reprints, some drift.
fn variant(i: usize) -> String {
    let (body, more) = if i.is_multiple_of(2) { (REPORT, OTHER) } else { (OTHER, REPORT) };
    body.chars().chain(more.chars().take(i * 12)).collect()
}
