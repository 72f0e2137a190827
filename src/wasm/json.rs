//! What crosses the boundary: options and results as JSON text, errors thrown as the JSON list of them.

use crate::{Error, json, toml::suggestion};
use alloc::{format, string::String, vec::Vec};
use serde::Serialize;
use wasm_bindgen::prelude::*;

pub(super) type Thrown<T> = Result<T, JsValue>;

pub(super) fn throw(problems: &[Error]) -> JsValue {
    JsValue::from_str(&json::text(problems).unwrap_or_default())
}

pub(super) fn bad_option(message: impl Into<String>) -> JsValue {
    throw(&[Error::new("bad-option", message)])
}

pub(super) fn json(value: &impl Serialize) -> Thrown<String> {
    json::text(value).map_err(not_json)
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
        let (list, ids) = (ids.join("、"), ids.join(", "));
        bad_option(format!("{name} 没有 {given}，只有 {list}{zh} / {name} cannot be {given}; it is one of: {ids}{en}"))
    })
}
