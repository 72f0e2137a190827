//! What crosses the boundary: options and results as JSON text, errors thrown as the JSON list of them.

use crate::{Error, toml::suggestion};
use alloc::{format, string::String, vec::Vec};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

pub(super) type Thrown<T> = Result<T, JsValue>;

pub(super) fn throw(problems: &[Error]) -> JsValue {
    JsValue::from_str(&serde_json::to_string(problems).unwrap_or_default())
}

pub(super) fn bad_option(message: impl Into<String>) -> JsValue {
    throw(&[Error::new("bad-option", message)])
}

pub(super) fn options<'a, T: Deserialize<'a>>(json: &'a str) -> Thrown<T> {
    serde_json::from_str(json).map_err(|error| bad_option(explain(&format!("{error}"))))
}

/// In both languages what serde says of options: ``unknown field `widnow`, expected `window` or `period` at line 1 column 9``.
fn explain(english: &str) -> String {
    let mut names = english.split('`').skip(1).step_by(2);
    let name = names.next().unwrap_or_default();
    if english.starts_with("unknown field") {
        let known: Vec<&str> = names.collect();
        let (zh, en) = suggestion(name, known.iter().copied());
        let known = known.join(", ");
        return format!("没有选项 “{name}”{zh}（可用：{known}） / there is no option \"{name}\"{en} (known: {known})");
    }
    if english.starts_with("missing field") {
        return format!("缺少 “{name}” / \"{name}\" is missing");
    }
    // The place is one in JSON that the caller did not write.
    let what = english.rsplit_once(" at line ").map_or(english, |(what, _)| what);
    format!("选项有误 / bad options: {what}")
}

pub(super) fn json(value: &impl Serialize) -> Thrown<String> {
    serde_json::to_string(value).map_err(not_json)
}

pub(super) fn not_json(error: serde_json::Error) -> JsValue {
    throw(&[Error::new("json", format!("{error}"))])
}

pub(super) fn choice<T: Copy>(name: &str, given: Option<String>, usual: T, choices: &[(&str, T)]) -> Thrown<T> {
    let Some(given) = given else { return Ok(usual) };
    let ids: Vec<&str> = choices.iter().map(|(id, _)| *id).collect();
    let at = known(name, &given, &ids)?;
    Ok(choices.get(at).map_or(usual, |(_, value)| *value))
}

/// The position of what is given in the list of what may be.
pub(super) fn known(name: &str, given: &str, ids: &[&str]) -> Thrown<usize> {
    ids.iter().position(|id| *id == given).ok_or_else(|| {
        let (zh, en) = suggestion(given, ids.iter().copied());
        let ids = ids.join(", ");
        bad_option(format!("{name} 只有以下几种，没有 {given}{zh} / {name} is one of {ids}; it cannot be {given}{en}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only what is wrong with it is looked at")]
    struct Asked {
        window: u32,
        period: Option<u32>,
    }

    #[test]
    fn what_serde_says_is_told_in_both_languages() {
        let told = |json: &str| explain(&format!("{}", serde_json::from_str::<Asked>(json).unwrap_err()));
        assert_eq!(
            told(r#"{"widnow":1}"#),
            "没有选项 “widnow”，是否为 “window”？（可用：window, period） / there is no option \"widnow\", did you mean \"window\"? (known: window, period)"
        );
        assert_eq!(told("{}"), "缺少 “window” / \"window\" is missing");
        assert_eq!(told(r#"{"window":"x"}"#), "选项有误 / bad options: invalid type: string \"x\", expected u32");
    }
}
