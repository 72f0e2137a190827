//! What supervisors write wrongly, and what they are told: nothing that has no effect loads in silence.

use super::check;
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

const BOOK: &str = "id = 'b'
title = '店'

[[signal]]
id = 'ask'
title = '询问'
who = 'buyer'
words = ['甲']
[[signal.example]]
hit = '[[甲]]'

[[signal]]
id = 'promise'
title = '打包票'
who = 'agent'
words = ['保证']
[[signal.example]]
hit = '[[保证]]'

[[rule]]
id = 'no-promise'
title = '不打包票'
principle = '用语'
kind = 'forbid'
signals = ['promise']
deduct = 5
[[rule.example]]
fail = '客服 [[保证]]'
[[rule.example]]
pass = '客服 好'
";

/// Errors and warnings of the book with one change, Chinese only.
fn told(from: &str, to: &str) -> Vec<String> {
    assert!(BOOK.contains(from), "{from}");
    let checked = check("b", &BOOK.replacen(from, to, 1));
    let all = checked.errors.into_iter().chain(checked.warnings).filter(|e| !e.message().contains("“ask” 没有被任何规则"));
    all.map(|e| e.to_string().split(" / ").next().unwrap().to_string()).collect()
}

fn below(more: &str) -> Vec<String> {
    told("pass = '客服 好'\n", &["pass = '客服 好'\n", more].concat())
}

#[test]
fn what_has_no_effect_is_told() {
    let words = |more: &str| told("words = ['保证']", &["words = ['保证']\n", more].concat());
    let rule = |more: &str| told("deduct = 5", &["deduct = 5\n", more].concat());
    let measure = |more: &str| told("kind = 'forbid'\nsignals = ['promise']", &["kind = 'measure'\n", more].concat());
    let borrowed = "[[signal]]\nid = 'x'\ntitle = '一'\nwho = 'buyer'\nlearned = 'urge'\n";
    let helper = "[[signal]]\nid = 'x'\ntitle = '一'\nhelper = true\nwords = ['丙']\nexcept = ['丁']\n";
    let cap = "[[score.cap]]\ncategory = '用语'\nat_most = 9\n";
    let points = |points: &str| ["[[dissatisfaction.points]]\nsignals = 'ask'\npoints = ", points, "\n"].concat();
    let item = "[[pay.item]]\nmetric = 'response.mean'\nat_most = [[20, 5]]\n";
    let pay = |more: &str| below(&["[[pay]]\nid = 'a'\ntitle = 'a'\nlevel = [{ from = 5, title = 'a' }]\n", item, more].concat());
    let cases = [
        (below(""), ""),
        (words("unless = [{ sentence = ['不'], within = 3 }]"), "17:40: within 只用于 before、after：sentence 看整句"),
        (words("except = []"), "17:10: “except” 是空的：写上内容，或删去这个键"),
        (words("except = ['']"), "17:11: “except” 是空的：写上内容，或删去这个键"),
        (words("except = ['证件', '不包好']"), "17:17: “不包好” 碰不到任何词，不起作用"),
        (words("unless = [{ before = '不', of = ['包证'] }]"), "17:33: “包证” 碰不到任何词，不起作用"),
        (words("whole = ['@ask']"), "17:10: 信号 “ask” 没有 whole，@ask 什么也借不到"),
        (words(&["except = ['@x']\n[[signal.example]]\nmiss = '乙'\n", borrowed].concat()), "17:11: 信号 “x” 没有 words，@x 什么也借不到"),
        (told("['保证']", "['保证', { word = '@ask', replace = '乙' }]"), "16:25: @ 借来的词用它们自己的 replace"),
        (below(helper), "32:6: helper 只借出 words 和 whole，这里的其他部分不起作用"),
        (told("title = '店'", "title = '店'\noff = []"), ""),
        (rule("profiles_off = ['jd', 'taoabo']"), "27:23: 没有平台 “taoabo”，是否为 “taobao”？"),
        (rule("scenes = []"), "27:10: “scenes” 是空的：写上内容，或删去这个键"),
        (rule("tags = ['金卡 银卡']"), "27:8: tags 的每一项是一个标签，不带逗号、空格等分隔"),
        (rule("buyer = 'dissatisfied'"), "27:9: dissatisfied 与 on = \"review\" 同用：对话里没有星级"),
        (rule("weight = 3"), "21:6: weight 只在 method = \"weight\" 时起作用"),
        (told("'forbid'", "'require'\nat_least = 0"), "25:12: at_least 从 1 起"),
        (told("'forbid'", "'require'\nspoils = true"), "25:10: spoils 只用于 forbid，和带 not 的 reply"),
        (measure("of = 'ratio'\nmax = 3\nwho = 'buyer'"), "27:7: ratio、seconds 看双方，不写 who"),
        (measure("of = 'chars'\nmax = -3"), "26:7: 这个量不会小于 0"),
        (measure("of = 'chars'\nmax = 3\nmin = 0"), "27:7: 这个量不会小于 0"),
        (rule("[[rule.example]]\npass = '客服 好'\nbuyer = 'member'"), "28:8: 这条规则不看买家（buyer、not、tags），例子里不用写"),
        (rule("[[rule.example]]\npass = '客服 好'\ntiers = [{ from = 300, off = 50 }]"), "28:8: 这条规则不看满减（tiers），例子里不用写"),
        (told("title = '店'", "title = '店'\noff = ['no-promise']"), "3:8: “no-promise” 就写在本书里：停用写 enabled = false"),
        (below(&["[score]\nmethod = 'weight'\n", cap].concat()), "31:2: base、cap 只在 method = \"deduction\" 时起作用"),
        (below("[score]\nmethod = 'weight'\nbase = 90"), "31:2: base、cap 只在 method = \"deduction\" 时起作用"),
        (below(&[cap, cap].concat()), "35:12: “用语” 已有上限"),
        (below(&cap.replace("用语", "用语词")), "32:12: 没有类别 “用语词”"),
        (below(&[points("1"), points("2")].concat()), "34:19: 有信号已经计过分"),
        (below(&points("0")), "33:10: points 应在 −1000 到 1000 之间，不为 0"),
        (below(&points("-5000")), "33:10: points 应在 −1000 到 1000 之间，不为 0"),
        (below("[dissatisfaction]\nlast = 2"), "32:8: last 与 points 同用"),
        (below("[[tier]]\nfrom = '300元'\noff = 50"), "32:8: “from” 应为数字，这里是文字（去掉引号、% 和单位）"),
        (below("[customers]\nmonetary = -5"), "32:12: “monetary” 不能小于 0"),
        (below("[[kpi]]\nmetric = 'response.mean'\nat_most = -20"), "33:11: “response.mean” 不会小于 0"),
        (pay(""), ""),
        (pay("at_least = [[1, 2]]"), "35:7: `at_least` 与 `at_most` 只能有一个"),
        (pay("weight = 0\n[[pay.item]]\nmetric = 'inquiry.buyers'\nat_least = [[9, 5]]"), "38:10: weight 不能是 0"),
        (pay("weight = 0.5"), "34:9: 最多得 2.5 分，够不到最高的 level"),
        (pay(item), "35:7: 一个数据写了两次 item"),
    ];
    let wrong: Vec<_> =
        cases.iter().filter(|(got, says)| got.join("\n") != says.replacen("", "b:", usize::from(!says.is_empty()))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_key_in_the_wrong_table_is_told_where_it_belongs() {
    assert_eq!(below("off = ['pay-reminder']"), ["b:31:1: 未知键 “off”：要写在第一个 [ ] 的上面"]);
    assert_eq!(below("[score]\nversion = '1'"), ["b:32:1: 未知键 “version”：要写在第一个 [ ] 的上面"]);
    assert_eq!(told("words = ['甲']", "words = ['甲']\ndeduct = 5"), ["b:9:1: 未知键 “deduct”：它写在 [[rule]] 里"]);
    assert_eq!(below("[[example]]\npass = '客服 好'"), ["b:31:3: 未知键 “example”：它写在 [[signal]], [[rule]] 里"]);
    assert_eq!(
        told("deduct = 5", "deduct = 5\nwhen = { signals = 'ask' }"),
        ["b:27:1: 未知键 “when”：它写在 [[rule]] kind = 'require', [[rule]] kind = 'reply' 里"]
    );
    let first = |got: Vec<String>| got.into_iter().find(|told| told.contains("未知键")).unwrap_or_default();
    let rule = |kind: &str| first(told("'forbid'\nsignals = ['promise']", kind));
    let homes = "[[rule]] kind = 'forbid', [[rule]] kind = 'require'";
    for (got, says) in [
        (
            rule("'reply'\nthen = { reply = 'some' }\nsignals = 'promise'"),
            format!("26:1: 未知键 “signals”：它写在 {homes}, when = {{ }}, then = {{ }}, steps = [{{ }}] 里"),
        ),
        (rule("'reply'\nthen = { reply = 'first' }\nnot = true"), "26:1: 未知键 “not”：它写在 then = { }, [[rule.example]] 里".to_string()),
        (
            rule("'reply'\nthen = { reply = 'first' }\nwithin = 30"),
            "26:1: 未知键 “within”：它写在 near = [{ }], unless = [{ }], after | before | around = { }, then = { } 里".to_string(),
        ),
        (
            rule("'reply'\nthen = { reply = 'first' }\nexcept = 'ask'"),
            "26:1: 未知键 “except”：它写在 [[signal]], when = { }, then = { } 里".to_string(),
        ),
        (
            rule("'forbid'\nsignals = 'promise'\nwhere = 'last-message'"),
            "26:1: 未知键 “where”：它写在 [[rule]] kind = 'require', then = { } 里".to_string(),
        ),
        (
            rule("'flow'\nname = '一'\nsteps = [{ name = '一', signals = 'promise' }]"),
            "25:1: 未知键 “name”：它写在 steps = [{ }] 里".to_string(),
        ),
        (
            first(told("words = ['甲']", "words = ['甲']\nbefore = '不'")),
            format!("9:1: 未知键 “before”：它写在 unless = [{{ }}], {homes}, [[rule]] kind = 'flow', [[rule]] kind = 'measure' 里"),
        ),
        (first(told("words = ['甲']", "words = ['甲']\nwith = '不'")), "9:1: 未知键 “with”：它写在 patterns = [{ }] 里".to_string()),
    ] {
        assert_eq!(got, format!("b:{says}"));
    }
    assert_eq!(told("'forbid'\nsignals = ['promise']", "'flow'"), ["b:20:3: 缺少 “steps”"]);
    // Without [[rule]] above there is no rule whose example this could be.
    assert_eq!(told("[[rule]]", "[[rules]]"), ["b:20:3: 未知键 “rules”，是否为 “rule”？", "b:27:3: 上面没有 [[rule]]"]);
}

#[test]
fn hints_name_what_is_near_and_may_stand_there() {
    // A key that is there already was not meant, nor a signal of the other side.
    assert_eq!(told("title = '打包票'", "title = '打包票'\ntitel = '二'"), ["b:15:1: 未知键 “titel”"]);
    assert_eq!(told("id = 'ask'", "id = 'promises'").iter().filter(|e| e.contains("promise")).count(), 1);
    let signals = BOOK.replacen("id = 'ask'", "id = 'promise1'", 1).replacen("['promise']", "['promise2']", 1).replacen(
        "id = 'promise'",
        "id = 'vow'",
        1,
    );
    assert_eq!(check("b", &signals).errors[0].message().split(" / ").next(), Some("没有信号 “promise2”"));
    assert_eq!(told("['promise']", "['promis']"), ["b:25:12: 没有信号 “promis”，是否为 “promise”？"]);
    assert_eq!(told("deduct = 5", "deduct = 5\nat_least = 2"), ["b:27:1: 未知键 “at_least”"]);
}

/// One line of the book written otherwise, and all that is told of it.
#[test]
fn slips_of_the_keyboard_are_told_at_their_place() {
    let mut wrong = Vec::new();
    const NUMBER: &str = "26:10: 数字要单独写，不带 %、单位和标点；是文字就加引号";
    for (from, to, says) in [
        ("deduct = 5", "deduct = 5%", NUMBER),
        ("deduct = 5", "deduct = 5％", NUMBER),
        ("deduct = 5", "deduct = 5分", NUMBER),
        ("deduct = 5", "deduct = 5;", NUMBER),
        ("deduct = 5", "deduct = 5，", NUMBER),
        ("deduct = 5", "deduct = ５", "26:10: 全角符号 ５ 要改成半角 5"),
        ("deduct = 5", "deduct = 5-10", "26:10: 这个数字写错了"),
        ("deduct = 5", "deduct = 05", "26:10: 这个整数写错了或太大"),
        ("deduct = 5", "deduct = 5,", "26:11: 多了东西：一行写一个 键 = 值 或一个表头，小数用点"),
        ("deduct = 5", "deduct = 1,5", "26:11: 多了东西：一行写一个 键 = 值 或一个表头，小数用点"),
        ("deduct = 5", "deduct = '5'", "26:10: “deduct” 应为数字或数字列表，不带引号和单位"),
        ("deduct = 5", "deduct = '5%'", "26:10: “deduct” 应为数字或数字列表，不带引号和单位"),
        ("deduct = 5", "deduct = [5，3]", "26:11: 全角符号 ， 要改成半角 ,"),
        ("deduct = 5", "deduct =", "26:9: = 后面缺少值"),
        ("deduct = 5", "deduct = null", "26:10: 没有值就删去这一行"),
        ("deduct = 5", "deduct == 5", "26:9: 多了一个 ="),
        ("deduct = 5", "deduct ＝ 5", "26:8: 全角符号 ＝ 要改成半角 ="),
        ("deduct = 5", "deduct: 5", "26:7: 冒号要改成 ="),
        ("deduct = 5", "deduct：5", "26:7: 全角符号 ： 要改成半角 ="),
        ("deduct = 5", "deduct　= 5", "26:7: 这里有全角空格或看不见的字符，改成普通空格"),
        ("deduct = 5", "deduct =　5", "26:9: 这里有全角空格或看不见的字符，改成普通空格"),
        ("deduct = 5", "\u{a0}deduct = 5", "26:1: 这里有全角空格或看不见的字符，改成普通空格"),
        ("[[rule]]", "\u{feff}[[rule]]", "20:1: 这里有全角空格或看不见的字符，改成普通空格"),
        ("deduct = 5", "扣分 = 5", "26:1: 键写英文，没有 “扣分” 这个键"),
        ("deduct = 5", "\"扣分\" = 5", "26:1: 未知键 “扣分”"),
        ("deduct = 5", "// 扣分\ndeduct = 5", "26:1: 注释以半角 # 开头"),
        ("deduct = 5", "deduct = 5 // 扣分", "26:10: 注释以半角 # 开头"),
        ("deduct = 5", "deduct = 5 ＃ 扣分", "26:10: 注释以半角 # 开头"),
        ("deduct = 5", "deduct = 5\ndeduct = 6", "27:1: “deduct” 在第 26 行已经写过"),
        ("deduct = 5", "enabled = yes", "26:11: 是、否写成小写的 true、false"),
        ("deduct = 5", "enabled = True", "26:11: 是、否写成小写的 true、false"),
        ("deduct = 5", "enabled = 是", "26:11: 是、否写成小写的 true、false"),
        ("deduct = 5", "enabled = 'true'", "26:11: “enabled” 应为 true 或 false，这里是文字（去掉引号）"),
        ("title = '店'", "title = '店'\nversion = 1.0", "3:11: “version” 应为文字，这里是小数（加上引号）"),
        ("title = '店'", "title = '店'\nversion = 2026-01-31", "3:11: 日期和时间要加引号"),
        ("title = '店'", "title = 3天包退", "2:9: 数字要单独写，不带 %、单位和标点；是文字就加引号"),
        ("'不打包票'", "不打包票，不许诺", "22:9: 文字要加引号"),
        ("'不打包票'", "“不打包票”", "22:9: 全角符号 “ 要改成半角 \""),
        ("'不打包票'", "「不打包票」", "22:9: 全角符号 「 要改成半角 \""),
        ("'不打包票'", "'不打包票", "22:14: 引号没有配对"),
        ("['保证']", "('保证')", "16:9: 列表写在方括号 [ ] 里"),
        ("['保证']", "（'保证'）", "16:9: 全角符号 （ 要改成半角 ["),
        ("['保证']", "['保证'", "16:9: 列表缺少 ]"),
        ("['保证']", "{'保证'}", "16:14: 花括号里写 键 = 值，列表写在 [ ] 里"),
        ("['保证']", "{'保证', '包好'}", "16:14: 花括号里写 键 = 值，列表写在 [ ] 里"),
        ("['保证']", "[' 保证', '保证']", "16:10: 没有例子用到 “ 保证”（前后有空格）"),
        ("['保证']", "['保证']\nunless = '不'", "17:10: “unless” 应为表，这里是文字，写成 { 键 = 值 }"),
        ("['保证']", "[{ '保证' = '尽量' }, '保证']", "16:10: 缺少 “word”\nb:16:10: 缺少 “replace”\nb:16:12: 未知键 “保证”"),
        ("deduct = 5", "deduct = −5", "26:10: 全角符号 − 要改成半角 -"),
        ("title = '打包票'", "title = '打包票',", "14:14: 多了东西：一行写一个 键 = 值 或一个表头，小数用点"),
        ("deduct = 5", "suggest = 'it's'", "26:15: 引号里又有引号：外面换用另一种引号"),
        ("'forbid'\nsignals = ['promise']", "'reply'\nthen = ['promise']", "25:8: “then” 应为表，这里是列表，写成 { 键 = 值 }"),
        ("[[rule.example]]\nfail", "[rule.example]\nfail", "29:8: “example” 在第 27 行已经写过"),
        ("['保证']", "['保证'、'包好']", "16:14: 全角符号 、 要改成半角 ,"),
        ("['保证']", "[['保证']]", "16:10: 这里应为文字，不是列表"),
        ("[[rule]]", "【【rule】】", "20:1: 全角符号 【 要改成半角 ["),
        ("[[rule]]", "[[rule]", "20:8: 表头缺少 ]"),
        ("[[signal]]\nid = 'ask'", "[signal]\nid = 'ask'", "12:3: “signal” 在第 4 行已经写过"),
        ("id = 'no-promise'", "id = '9-promise'", "21:6: id 以小写字母开头，只用小写字母、数字、- 和 _，最多 64 个"),
    ] {
        let got = told(from, to).join("\n");
        if got != ["b:", says].concat() {
            wrong.push((to, got));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let several = told("['保证']", "['保证、包好']");
    assert_eq!(several[0], "b:16:10: 没有例子用到 “保证、包好”（几个词要分开写：[\"甲\", \"乙\"]）");
    assert_eq!(check("b", &BOOK.replace('\n', "\r")).errors.len(), 1);
    for good in [BOOK.replace('\n', "\r\n"), ["\u{feff}", BOOK].concat(), BOOK.replace(" = ", "\t=\t")] {
        assert_eq!(check("b", &good).errors, []);
    }
    let twice = BOOK.replace("[[rule.example]]", "[rule.example]");
    assert!(check("b", &twice).errors[0].message().contains("；要写多个，每个都用 [[rule.example]]"));
    for (other, says) in [("{\"id\": \"b\"}", "1:1: 每行写 键 = 值"), ("id: b\ntitle: x", "1:3: 冒号要改成 =")] {
        assert!(check("b", other).errors[0].to_string().contains(says), "{other}: {:?}", check("b", other).errors);
    }
}
