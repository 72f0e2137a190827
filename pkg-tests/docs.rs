//! `docs/rules.md` and `docs/requirements.md` are written from the standard book and `docs/requirements.toml`. The tests fail when a
//! requirement is not answered or a page is out of date; `HUASHU_WRITE_DOCS=1 cargo test --test docs` writes the pages.
//! `docs/book.md` is written by hand but for its index: its books have to load, and its tables have to name every key.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails panics")]

use huashu::{
    book::{Book, BookInfo, RuleInfo, check},
    metric::{Facts, Options, measure},
    toml::{Errors, Fields, parse},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// What `docs/requirements.toml` says of a requirement or of an item.
struct Entry {
    key: String,
    what: String,
    by: Vec<String>,
    metrics: Vec<String>,
    tables: Vec<String>,
    how: String,
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

/// The requirements by id, and the items in their order.
fn entries() -> (Vec<Entry>, Vec<Entry>) {
    let text = fs::read_to_string(file("requirements.toml")).unwrap();
    let errors = Errors::new(["docs/requirements.toml"]);
    let mut fields = Fields::new(parse(&text, 0, &errors), &errors);
    let mut read = |table: &'static str, key: &'static str, what: &'static str| {
        let entry = |mut fields: Fields| {
            let texts = |fields: &mut Fields, key| fields.texts(key).into_iter().map(|text| text.text).collect::<Vec<_>>();
            let entry = Entry {
                key: fields.need_text(key).text,
                what: fields.need_text(what).text,
                by: texts(&mut fields, "by"),
                metrics: texts(&mut fields, "metrics"),
                tables: texts(&mut fields, "tables"),
                how: ["how", "why"].into_iter().filter_map(|key| fields.text(key)).map(|text| text.text).collect(),
            };
            fields.finish();
            entry
        };
        fields.tables(table).into_iter().map(entry).collect::<Vec<_>>()
    };
    let both = (read("requirement", "id", "what"), read("item", "group", "name"));
    fields.finish();
    let errors: Vec<_> = errors.into_vec().iter().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    both
}

/// The text literals of a line of Rust.
fn literals(line: &str) -> Vec<String> {
    let (mut found, mut open, mut escaped) = (Vec::new(), None::<String>, false);
    for c in line.chars() {
        match &mut open {
            None if c == '"' => open = Some(String::new()),
            None => {}
            Some(_) if c == '"' && !escaped => found.extend(open.take()),
            Some(text) => text.push(c),
        }
        escaped = c == '\\' && !escaped;
    }
    found
}

/// The page and the command line part messages where ` / ` stands.
#[test]
fn messages_have_one_bar_between_their_languages() {
    let (mut folders, mut messages, mut wrong) = (vec![file("../src")], 0, Vec::new());
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|name| name != "rs") {
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
            let told = |text: &String| text.contains(|c| ('一'..='鿿').contains(&c)) && !text.contains("//");
            for text in code.flat_map(literals).filter(told) {
                let bars = text.matches(" / ").count();
                messages += usize::from(bars == 1);
                // Two fractions, one in each language.
                let fractions = bars == 2 && text.contains(" · ");
                if bars != text.matches("/ ").count() || (bars > 1 && !fractions) {
                    wrong.push(format!("{}: {text}", path.display()));
                }
            }
        }
    }
    assert!(messages > 300, "{messages}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn code(ids: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    ids.into_iter().map(|id| format!("`{}`", id.as_ref())).collect::<Vec<_>>().join(" ")
}

fn points(rule: &RuleInfo) -> String {
    let deduct = rule.deduct.iter().filter(|p| **p > 0.0).map(|p| format!("−{p}"));
    let again = rule.costs_again.then(|| "…".to_string());
    let bonus = Some(rule.bonus).filter(|p| *p > 0.0).map(|p| format!("+{p}"));
    let mut points: Vec<String> = deduct.chain(again).chain(bonus).collect();
    if rule.severity == huashu::rule::Severity::Critical {
        points.push("一票否决".into());
    }
    if rule.spoils {
        points.push("（该条消息不加分）".into());
    }
    if !rule.yields_to.is_empty() {
        points.push(format!("（{} 扣了就不再扣）", rule.yields_to.join("、")));
    }
    if !rule.enabled {
        points.push("（停用）".into());
    }
    points.join(" ")
}

/// The rules by category, each with its source, scenes, points, reason and suggestions; then the alerts.
fn rules_page(book: &Book, info: &BookInfo, requirements: &[Entry]) -> String {
    let mut page = String::from(
        "# 标准规则书的规则 / The rules of the standard book\n\n\
         由 `src/book/standard` 生成，见 `pkg-tests/docs.rs`。来源编号见 [requirements.md](requirements.md)；理由一栏没有写明时，就是来源的要求。\
         分值后的 … 表示以后每次照最后一个数扣，没有 … 的，一通对话里扣完所列的数就不再扣。\n\
         Generated from the book; the sources are explained in requirements.md; … after the points: every further failure costs the last number.\n",
    );
    let mut categories: Vec<&str> = Vec::new();
    for rule in &info.rules {
        if !categories.contains(&rule.category) {
            categories.push(rule.category);
        }
    }
    let titles: BTreeMap<&str, &str> = info.scenes.iter().map(|s| (s.id, s.title)).collect();
    for category in categories {
        write!(page, "\n## {category}\n\n| 规则 | 要求 | 来源 | 场景 | 分值 | 理由 | 建议 |\n|---|---|---|---|---|---|---|\n").unwrap();
        for rule in info.rules.iter().filter(|rule| rule.category == category) {
            let asked = rule.source.iter().filter_map(|id| requirements.iter().find(|r| r.key == *id)).map(|r| r.what.as_str());
            let reason = if rule.note.is_empty() { asked.collect::<Vec<_>>().join("；") } else { rule.note.to_owned() };
            let scenes = rule.scenes.iter().map(|id| titles[id]).collect::<Vec<_>>().join("、");
            let cells = [
                format!("`{}`", rule.id),
                format!("{} / {}", rule.title, rule.title_en),
                rule.source.join(" "),
                if scenes.is_empty() { "所有".into() } else { scenes },
                points(rule),
                reason,
                rule.suggest.join("<br>"),
            ];
            writeln!(page, "| {} |", cells.map(|text| cell(&text)).join(" | ")).unwrap();
        }
    }
    page += "\n## 预警（T9）\n\n不扣分，提醒马上有人来看。\n\n| 预警 | 说明 | 级别 | 信号 | 建议 |\n|---|---|---|---|---|\n";
    for alert in &book.alerts {
        let signals = code(alert.signals.iter().filter_map(|signal| info.signals.get(usize::from(*signal))).map(|signal| signal.id));
        let level = if alert.level == huashu::rule::Level::Urgent { "紧急" } else { "留意" };
        let suggest = alert.suggest.as_deref().unwrap_or_default();
        writeln!(page, "| `{}` | {} / {} | {level} | {signals} | {suggest} |", alert.id, alert.title, alert.title_en).unwrap();
    }
    page
}

fn requirements_page(info: &BookInfo, requirements: &[Entry], items: &[Entry]) -> String {
    let mut page = String::from(
        "# 要求与规则、数据的对应 / Requirements, and what answers them\n\n\
         由 `docs/requirements.toml` 与标准规则书生成，见 `pkg-tests/docs.rs`。\n\n\
         | 编号 | 要求 | 规则 | 数据与表 | 说明 |\n|---|---|---|---|---|\n",
    );
    for entry in requirements {
        let rules = code(info.rules.iter().filter(|rule| rule.source.contains(&entry.key)).map(|rule| rule.id));
        let figures = code(entry.metrics.iter().chain(&entry.tables));
        writeln!(page, "| {} | {} | {rules} | {figures} | {} |", entry.key, cell(&entry.what), cell(&entry.how)).unwrap();
    }
    page += "\n# 常见质检项的对应 / Common items of inspection\n\n\
             对应一栏是规则、预警或信号；没有对应的写明理由。\n\n| 类 | 项 | 对应 | 数据 | 说明 |\n|---|---|---|---|---|\n";
    for item in items {
        let (by, metrics) = (code(&item.by), code(&item.metrics));
        writeln!(page, "| {} | {} | {by} | {metrics} | {} |", item.key, cell(&item.what), cell(&item.how)).unwrap();
    }
    page
}

fn ids(range: &[(&str, u32)]) -> Vec<String> {
    range.iter().flat_map(|(letter, last)| (1..=*last).map(move |n| format!("{letter}{n}"))).collect()
}

#[test]
fn every_requirement_is_answered() {
    let (book, (requirements, items)) = (Book::standard(), entries());
    let info = book.info();
    let listed: Vec<&str> = requirements.iter().map(|r| r.key.as_str()).collect();
    assert_eq!(listed, ids(&[("P", 9), ("Q", 14), ("U", 21), ("R", 10), ("T", 11)]));

    let figures = serde_json::to_value(measure(&Facts::default(), &Options::default())).unwrap();
    let metrics: Vec<&str> = figures["metrics"].as_array().unwrap().iter().filter_map(|m| m["id"].as_str()).collect();
    let tables: Vec<&str> = figures["tables"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut wrong = Vec::new();
    for entry in requirements.iter().chain(&items) {
        let ruled = info.rules.iter().any(|rule| rule.source.contains(&entry.key));
        if !ruled && entry.by.is_empty() && entry.metrics.is_empty() && entry.tables.is_empty() && entry.how.is_empty() {
            wrong.push(format!("{} {}: nothing answers it", entry.key, entry.what));
        }
        let known = |id: &String| {
            info.rules.iter().any(|r| r.id == id) || info.signals.iter().any(|s| s.id == id) || book.alerts.iter().any(|a| a.id == *id)
        };
        wrong.extend(entry.by.iter().filter(|id| !known(id)).map(|id| format!("{}: no rule, signal or alert {id}", entry.what)));
        wrong.extend(entry.metrics.iter().filter(|id| !metrics.contains(&id.as_str())).map(|id| format!("{}: no metric {id}", entry.key)));
        wrong.extend(entry.tables.iter().filter(|id| !tables.contains(&id.as_str())).map(|id| format!("{}: no table {id}", entry.key)));
    }
    for rule in &info.rules {
        if rule.source.is_empty() {
            wrong.push(format!("{}: no source", rule.id));
        }
        wrong.extend(rule.source.iter().filter(|id| !listed.contains(&id.as_str())).map(|id| format!("{}: no requirement {id}", rule.id)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_pages_are_up_to_date() {
    let (book, (requirements, items)) = (Book::standard(), entries());
    let info = book.info();
    for (name, page) in
        [("rules.md", rules_page(&book, &info, &requirements)), ("requirements.md", requirements_page(&info, &requirements, &items))]
    {
        if std::env::var_os("HUASHU_WRITE_DOCS").is_some() {
            fs::write(file(name), &page).unwrap();
        }
        let written = fs::read_to_string(file(name)).unwrap_or_default();
        assert!(written == page, "docs/{name} is out of date: HUASHU_WRITE_DOCS=1 cargo test --test docs");
    }
}

/// The books on a page, each with the line on which it begins.
fn books(page: &str) -> Vec<(usize, &str)> {
    let begins = page.match_indices("\n```toml\n").map(|(at, fence)| at + fence.len());
    begins.map(|from| (page[..from].lines().count() + 1, page[from..].split("```").next().unwrap())).collect()
}

#[test]
fn the_books_of_the_guide_load() {
    let page = fs::read_to_string(file("book.md")).unwrap();
    let books = books(&page);
    let (_, header) = books[0];
    let mut wrong = Vec::new();
    for (line, text) in &books {
        let whole = if text.starts_with("id = ") { (*text).to_owned() } else { format!("{header}{text}") };
        let checked = check("book", &whole);
        // A page that shows one thing at a time does not use all that it shows; known misses of the standard book are not its own.
        let own = |warning: &&huashu::Error| warning.file() == Some("book") && warning.code() != "book-unused";
        let warnings = checked.warnings.iter().filter(own);
        wrong.extend(checked.errors.iter().chain(warnings).map(|error| format!("below docs/book.md:{line}: {error}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a folder holds, or a file, of such files: their texts, one after the other.
fn texts(name: &str, extension: &str) -> String {
    fn read(path: &Path, extension: &str, all: &mut String) {
        if path.is_dir() {
            fs::read_dir(path).unwrap().for_each(|entry| read(&entry.unwrap().path(), extension, all));
        } else if path.extension().is_some_and(|e| e == extension) {
            // What stands in tests is no part of the loader.
            *all += fs::read_to_string(path).unwrap().split("#[cfg(test)]").next().unwrap();
        }
    }
    let mut all = String::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name), extension, &mut all);
    all
}

/// Every reason for which figures leave something out has its words in texts and on the page.
#[test]
fn every_reason_has_its_words() {
    let (figures, rows) = (texts("metric", "rs"), texts("order/columns.rs", "rs"));
    let named =
        figures.split("left_out(\"").chain(rows.split("(LeftOut::").filter_map(|rest| rest.split_once(", \"")).map(|(_, rest)| rest));
    let reasons: BTreeSet<&str> = named.filter_map(|rest| rest.split('"').next()).filter(is_name).collect();
    assert!(reasons.contains("no-time") && reasons.contains("summary-row"), "{reasons:?}");
    for page in ["src/js/figures.mjs", "www/i18n.ts"] {
        let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
        let list = page.split("const reasons").nth(1).unwrap().split("};").next().unwrap();
        let wordless = |reason: &&&str| ![format!(" {reason}: \""), format!("\"{reason}\": \"")].iter().any(|key| list.contains(key));
        assert_eq!(reasons.iter().filter(wordless).collect::<Vec<_>>(), [&""; 0]);
    }
}

/// Whether it may be a key, a choice or a code.
fn is_name(word: &&str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '-'))
}

/// The keys that the readers of tables ask for by name, and those that the books which ship have.
fn keys() -> BTreeSet<String> {
    let readers =
        ["book", "signal", "rule", "score.rs", "metric/kpi.rs", "metric/cuts.rs", "metric/standard.rs"].map(|name| texts(name, "rs"));
    let mut keys = BTreeSet::new();
    for call in [
        "text",
        "need_text",
        "texts",
        "need_texts",
        "number",
        "pairs",
        "whole",
        "boolean",
        "choice",
        "need_choice",
        "table",
        "tables",
        "item",
        "list",
    ] {
        let asked = readers.iter().flat_map(|text| text.split(&format!(".{call}(\"")).skip(1).collect::<Vec<_>>());
        keys.extend(asked.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    let book = texts("book", "toml");
    let outside = book.split("'''").step_by(2).flat_map(str::lines).filter(|line| !line.starts_with('#'));
    for line in outside {
        let before = line.rsplit_once(" =").map_or("", |(before, _)| before);
        let named = before.split(" =").filter_map(|before| before.rsplit(|c: char| !c.is_ascii_lowercase() && c != '_').next());
        let header = line.trim_matches(['[', ']']).split('.');
        keys.extend(if line.starts_with('[') { header.map(str::to_owned).collect() } else { named.map(str::to_owned).collect::<Vec<_>>() });
    }
    let customers = serde_json::to_value(Book::standard().info().customers).unwrap();
    keys.extend(customers.as_object().unwrap().keys().cloned());
    keys.retain(|key| is_name(&key.as_str()));
    keys
}

/// The place of a heading in the page's address.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// What the headings and the first column of the tables on a page name, each with the headings below which they do.
fn named(page: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut heading = "";
    for line in page.lines() {
        let title = line.split_once("# ").filter(|(before, _)| before.chars().all(|c| c == '#')).map(|(_, title)| title);
        heading = title.unwrap_or(heading);
        let Some(names) = title.or_else(|| line.strip_prefix("| ")?.split(" | ").next()) else { continue };
        for word in names.split('`').skip(1).step_by(2).map(|word| word.trim_matches(['[', ']'])).filter(is_name) {
            let headings = named.entry(word).or_default();
            if headings.last() != Some(&heading) {
                headings.push(heading);
            }
        }
    }
    named
}

fn guide_index(named: &BTreeMap<&str, Vec<&str>>, keys: &BTreeSet<String>) -> String {
    let link = |heading: &&str| {
        let name = heading.split([':', '/']).next().unwrap().trim_end_matches(|c: char| !c.is_ascii()).trim();
        format!("[{name}](#{})", anchor(heading))
    };
    let line = |key: &String| format!("`{key}` {}", named[key.as_str()].iter().map(link).collect::<Vec<_>>().join(", "));
    keys.iter().map(line).collect::<Vec<_>>().join(" ·\n") + "\n"
}

#[test]
fn the_guide_names_every_key_and_no_other() {
    let page = fs::read_to_string(file("book.md")).unwrap();
    const INDEX: &str = "## All keys / 键的索引\n\n";
    let guide = page.split(INDEX).next().unwrap();
    let (keys, named) = (keys(), named(guide));
    assert!(["id", "yields_to", "without_gap_of", "unanswered", "risk_high"].iter().all(|key| keys.contains(*key)), "{keys:?}");
    let missing: Vec<_> = keys.iter().filter(|key| !named.contains_key(key.as_str())).collect();
    assert!(missing.is_empty(), "in no table of docs/book.md: {missing:?}");

    // Beside keys these are choices and codes: the sources hold them as texts, too.
    let sources = texts("", "rs");
    let unknown: Vec<_> = named.keys().filter(|word| !sources.contains(&format!("\"{word}\""))).collect();
    assert!(unknown.is_empty(), "docs/book.md names what no source does: {unknown:?}");

    let whole = format!("{guide}{INDEX}{}", guide_index(&named, &keys));
    if std::env::var_os("HUASHU_WRITE_DOCS").is_some() {
        fs::write(file("book.md"), &whole).unwrap();
    }
    let page = fs::read_to_string(file("book.md")).unwrap();
    assert!(page == whole, "the index of docs/book.md is out of date: HUASHU_WRITE_DOCS=1 cargo test --test docs");
}

/// Whoever writes a key in the wrong table is told where it goes; where several have it, or none of a book, nobody knows.
#[test]
fn a_key_of_one_table_has_a_home() {
    let page = fs::read_to_string(file("book.md")).unwrap();
    let guide = page.split("## All keys").next().unwrap();
    let (keys, named) = (keys(), named(guide));
    let book = |key: &str| format!("id = 'a'\ntitle = 'b'\n{key} = 1.5\n");
    let homeless = |key: &&str| {
        let errors = check("b", &book(key)).errors;
        errors.iter().any(|error| error.code() == "book-key" && !error.message().contains("belongs"))
    };
    // `word` is more often a slip for `words`.
    let of_one = keys.iter().filter(|key| named[key.as_str()].len() == 1 && *key != "word").map(String::as_str);
    let homeless: Vec<&str> = of_one.filter(|key| !named[key][0].starts_with("Profiles")).filter(homeless).collect();
    assert!(homeless.is_empty(), "not in src/book/homes.rs: {homeless:?}");
}

#[test]
fn the_links_of_the_guide_lead_somewhere() {
    let page = fs::read_to_string(file("book.md")).unwrap();
    let headings: Vec<String> = page.lines().filter_map(|line| Some(anchor(line.split_once("# ")?.1))).collect();
    let links: Vec<&str> = page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 20, "{links:?}");
    let dead: Vec<_> = links.iter().filter(|link| !headings.iter().any(|heading| heading == *link)).collect();
    assert!(dead.is_empty(), "{dead:?}");
}
