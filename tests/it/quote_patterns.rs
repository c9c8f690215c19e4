//! The ways in which Chinese news tells who speaks, one test for each.

use jianbao::definition::Definition;
use jianbao::quote::{Grammar, extract};
use std::sync::LazyLock;

static GRAMMAR: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::new(&Definition::embedded()).unwrap());

/// The quotes of a text as `speaker: words`; `-` for nobody named.
fn said(body: &str) -> Vec<String> {
    let line = |q: jianbao::quote::Quote| {
        let speaker = q.speaker.as_ref().map_or("-", |s| &s.name);
        format!("{speaker}: {}", q.span.of(body))
    };
    extract(None, body, &GRAMMAR).into_iter().map(line).collect()
}

/// The names of the speakers of a text, each once, in order of their first words.
fn speakers(body: &str) -> Vec<String> {
    let mut names = Vec::new();
    for name in extract(None, body, &GRAMMAR).into_iter().filter_map(|q| q.speaker).map(|s| s.name)
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[test]
fn a_quotation_of_several_sentences_before_its_verb() {
    assert_eq!(said("“路太窄。车也多。”村支书王海说。"), ["王海: 路太窄。车也多。"]);
}

#[test]
fn a_mood_introduces_the_quotation() {
    assert_eq!(
        said("校长刘岩略显得意，“报名的人比去年翻了一倍。”"),
        ["刘岩: 报名的人比去年翻了一倍。"]
    );
}

#[test]
fn a_gesture_introduces_the_quotation() {
    assert_eq!(
        said("谈到女儿，陈国平笑了，“她比我倔得多，我管不了她。”"),
        ["陈国平: 她比我倔得多，我管不了她。"]
    );
}

#[test]
fn two_quotations_around_one_tag() {
    assert_eq!(
        said("“先把河道清了。”工程师王立成介绍，“再补种水草。”"),
        ["王立成: 先把河道清了。", "王立成: 再补种水草。"]
    );
}

#[test]
fn quotations_side_by_side_have_one_speaker() {
    assert_eq!(
        said("居民张丽说：“这里以前没有灯。”“现在晚上也敢出门了。”"),
        ["张丽: 这里以前没有灯。", "张丽: 现在晚上也敢出门了。"]
    );
}

#[test]
fn demands_go_on_with_the_report() {
    let body = "市教育局局长赵国强表示，新学校将在年底建成，届时孩子上学只需要十分钟。\
                我们还会在校门口修建公交站，方便大家接送。\
                同时，要加强施工管理，确保工程质量和安全。\n\
                据了解，学校去年三月动工。";
    let found = said(body);
    assert!(found.iter().all(|quote| quote.starts_with("赵国强: ")), "{found:?}");
    assert!(found.iter().any(|quote| quote.contains("我们还会")), "{found:?}");
    assert!(found.iter().any(|quote| quote.contains("要加强施工管理")), "{found:?}");
    assert!(!found.iter().any(|quote| quote.contains("去年三月")), "{found:?}");
}

#[test]
fn questions_and_answers_last_to_the_next_label_across_paragraphs() {
    let body = "本报记者对话青禾科技创始人秦思远。\n问：公司为什么选在这里？\n\
                答：这里离客户近。我们去年就定下来了。\n政府也很支持。\n\
                问：下一步呢？\n答：先把工厂建好。";
    assert_eq!(
        said(body),
        [
            "记者: 公司为什么选在这里？",
            "秦思远: 这里离客户近。",
            "秦思远: 我们去年就定下来了。",
            "秦思远: 政府也很支持。",
            "记者: 下一步呢？",
            "秦思远: 先把工厂建好。",
        ]
    );
}

#[test]
fn several_turns_stand_on_one_line() {
    let body = "以下是对话秦思远。问：票价会涨吗？答：不会。问：几时通车？答：明年。";
    assert_eq!(
        said(body),
        ["记者: 票价会涨吗？", "秦思远: 不会。", "记者: 几时通车？", "秦思远: 明年。"]
    );
}

#[test]
fn a_legend_explains_short_labels() {
    let body = "记者：今年收成怎么样？\n陈大文（以下简称陈）：比去年好。\n记者：价格呢？\n\
                陈：也涨了一点。\n记者：明年还种吗？\n陈：还种。";
    assert_eq!(speakers(body), ["记者", "陈大文"]);
}

#[test]
fn labels_stand_on_lines_of_their_own() {
    let body = "主持人\n欢迎来到节目。\n秦思远\n谢谢邀请。\n主持人\n先谈谈公司。\n\
                秦思远\n公司现在有三百人。\n主持人\n谢谢。\n秦思远\n再见。";
    assert_eq!(speakers(body), ["主持人", "秦思远"]);
}

#[test]
fn the_office_that_answers_the_press_speaks_the_answers() {
    let body = "外交部发言人就演习一事答记者问。\n问：中方有何评论？\n答：中方坚决反对。";
    assert_eq!(speakers(body), ["记者", "外交部发言人"]);
}

#[test]
fn narration_about_the_speaker_ends_a_turn() {
    let body = "记者：水退了吗？\n张先生：退了。\n记者：损失大吗？\n张先生：不小。\n\
                张先生把记者带到了仓库，地上很湿。";
    assert!(said(body).iter().all(|quote| !quote.contains("仓库")));
}

#[test]
fn positions_of_a_team_are_no_labels() {
    assert!(said("最佳阵容如下。中锋：王立，二十五分。").is_empty());
}

#[test]
fn a_header_names_the_speaker_of_what_follows() {
    assert_eq!(said("外交部发言人林青：中方坚决反对"), ["林青: 中方坚决反对"]);
}

#[test]
fn surname_forms_of_taiwan_and_hong_kong() {
    assert_eq!(
        speakers("警方昨日逮捕一名男子，陳男供稱錢已花光，吳婦則說自己毫不知情。"),
        ["陈男", "吴妇"]
    );
}

#[test]
fn a_judge_by_surname_is_the_judge_named_before() {
    assert_eq!(speakers("法官張慧玲表示，證據充足。張官續稱，上訴理由並不成立。"), ["张慧玲"]);
}

#[test]
fn verbs_of_traditional_script_report() {
    assert_eq!(speakers("發言人指，工程如期完成。"), ["发言人"]);
    assert!(said("他的手指，又红又肿。").is_empty());
}

#[test]
fn foreign_names_with_dots_of_every_kind() {
    assert_eq!(speakers("经济学家安娜•卡列娃表示，通胀会回落。"), ["安娜•卡列娃"]);
    assert_eq!(speakers("教练安娜-卡列娃说，球队需要休息。"), ["安娜-卡列娃"]);
    assert_eq!(speakers("安东尼·布林肯表示，会谈有益。"), ["安东尼·布林肯"]);
}

#[test]
fn a_function_word_before_a_joined_name_is_no_part_of_it() {
    let body = "教练让托尼-帕克上场。帕克说，比赛很难。";
    assert_eq!(speakers(body), ["托尼-帕克"]);
}

#[test]
fn names_of_minorities() {
    assert_eq!(speakers("村医阿依古丽·买买提说，药已经送到。"), ["阿依古丽·买买提"]);
}

#[test]
fn short_foreign_names_are_known() {
    assert_eq!(speakers("普京表示，谈判可以继续。"), ["普京"]);
}

#[test]
fn companies_agencies_and_countries_speak() {
    assert_eq!(speakers("海星公司发布公告称，明年停产。"), ["海星公司"]);
    assert_eq!(speakers("乌安全局称，已抓获三人。"), ["乌安全局"]);
    assert_eq!(speakers("伊朗称，谈判没有进展。"), ["伊朗"]);
}

#[test]
fn meetings_speak_and_articles_speak_for_their_author() {
    assert_eq!(speakers("会议强调，要守住底线。"), ["会议"]);
    let body = "《前沿》杂志发表李建国的署名文章。文章指出，种子是根本。";
    assert_eq!(said(body), ["李建国: 种子是根本"]);
}

#[test]
fn groups_and_anonymous_speakers() {
    assert_eq!(speakers("大家一致认为，这条路修得值。"), ["大家"]);
    let mut both = speakers("水利局和气象局均否认，称没有收到通知。");
    both.sort();
    assert_eq!(both, ["气象局", "水利局"]);
    assert_eq!(said("一名与死者相识的人沉默。").len(), 0);
}

#[test]
fn a_relay_gives_way_to_the_source_it_cites() {
    assert_eq!(speakers("某报援引官员的话说，大桥下月通车。"), ["官员"]);
    assert_eq!(speakers("路透社称，一名白宫官员告诉该媒体，总统下周访问。"), ["白宫官员"]);
    assert_eq!(speakers("县公安局接到群众报警称，桥下有人落水。"), ["群众"]);
}

#[test]
fn a_medium_speaks_only_for_its_own_view() {
    assert_eq!(speakers("《晨光报》认为，此举得不偿失。"), ["晨光报"]);
    assert!(said("据《晨光报》报道，大桥下月通车。").is_empty());
}

#[test]
fn terms_data_and_negated_saying_are_no_speech() {
    assert!(said("数据显示，客流增加两成。据悉，大桥下月通车。").is_empty());
    assert!(said("他从未表示要辞职。").is_empty());
    assert!(said("第三号主席令说，条例自明年施行。").is_empty());
}

#[test]
fn a_noun_that_looks_like_a_verb_of_saying_is_none() {
    assert!(said("铁路部门温馨提示，请提前到站。").iter().all(|q| !q.contains("温馨:")));
    assert!(said("民警邀请孩子们一起读出反诈提示，动员大家参加。").is_empty());
}

#[test]
fn a_reporters_question_stays_apart_from_the_answer() {
    assert_eq!(said("记者追问“几时通车”，市长赵国强笑答：“明年。”"), ["赵国强: 明年。"]);
}

#[test]
fn missing_and_ascii_marks() {
    assert_eq!(said("\"水位已经退了。\"站长周明说。"), ["周明: 水位已经退了。"]);
    assert_eq!(
        said("站长周明说：“水位已经退了。\n村民王立说：“田还淹着。”"),
        ["周明: 水位已经退了。", "王立: 田还淹着。"]
    );
    assert_eq!(said("「水位已經退了。」站長周明說。"), ["周明: 水位已經退了。"]);
}

#[test]
fn the_comment_of_the_reporter_is_nobodys_words() {
    assert!(said("“我们赢了”，这是赵国强赛后的错误说法。").is_empty());
}

#[test]
fn a_spokesman_speaks_for_his_ministry() {
    let quotes = extract(None, "外交部发言人林青表示，中方反对。", &GRAMMAR);
    let speaker = quotes[0].speaker.as_ref().unwrap();
    assert_eq!((speaker.name.as_str(), speaker.represents.as_deref()), ("林青", Some("外交部")));
}

#[test]
fn names_written_by_their_sound_are_whole() {
    for (mention, name) in [
        ("爱新觉罗·启文", "爱新觉罗·启文"),
        ("史蒂夫•乔伯", "史蒂夫·乔伯"),
        ("牧民乌云其其格", "乌云其其格"),
        ("歌手扎西卓玛", "扎西卓玛"),
        ("村医阿依古丽", "阿依古丽"),
        ("J.K.罗琳", "J.K.罗琳"),
        ("日本首相佐佐木小次郎", "佐佐木小次郎"),
    ] {
        let found = said(&format!("{mention}说：“水厂明年建成，请大家放心。”"));
        assert_eq!(found.len(), 1, "{mention}: {found:?}");
        let speaker = found[0].split(':').next().unwrap().replace('•', "·");
        assert_eq!(speaker, name, "{found:?}");
    }
}

#[test]
fn somebody_who_is_not_to_be_named_speaks_by_the_role() {
    for source in ["一位不愿透露姓名的业内人士", "不愿具名的业内人士", "一名要求匿名的业内人士"]
    {
        let body = format!("{source}告诉记者，合同已经签了，下个月就开工。");
        assert_eq!(said(&body), ["业内人士: 合同已经签了，下个月就开工"], "{source}");
    }
}

#[test]
fn what_is_followed_is_no_demand() {
    let body = "按照县水利局要求，青禾镇建立了巡堤制度，并在六月开展了演练。";
    assert_eq!(said(body), Vec::<String>::new());
    let body = "县水利局强调，各镇要建立巡堤制度。";
    assert_eq!(said(body), ["县水利局: 各镇要建立巡堤制度"]);
}

#[test]
fn what_deserves_praise_is_said_by_nobody() {
    assert_eq!(said("水务公司及时改正值得肯定，但反思不能止步。"), Vec::<String>::new());
}

#[test]
fn a_hearer_alone_is_no_report() {
    let body = "“雨还要下三天”，县气象局专家周国栋告诉青禾日报客户端。";
    assert_eq!(said(body), ["周国栋: 雨还要下三天"]);
}

#[test]
fn a_label_in_brackets_needs_no_colon() {
    let body = "主持人：请周局长先讲。\n周国栋：谢谢主持人。大桥明年六月完工。\n\
                【主持人】下面请罗娟。\n【罗娟】大家好。方案便宜，也快。";
    let said = said(body);
    for words in ["周国栋: 大桥明年六月完工。", "罗娟: 大家好。", "罗娟: 方案便宜，也快。"]
    {
        assert!(said.iter().any(|line| line == words), "{words}: {said:?}");
    }
}
