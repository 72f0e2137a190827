//! Options as JSON text, taken out field by field: for all of them one reader, where serde would make one of each.

use super::json::{Thrown, bad_option, choice};
use crate::toml::suggestion;
use alloc::{format, string::String, vec::Vec};
use core::fmt;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value that was given.
pub(super) enum Given {
    /// Nothing, which is what is absent too.
    Null,
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<Given>),
    Map(Vec<(String, Given)>),
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Given, E> {
        Ok(Given::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Given, E> {
        Ok(Given::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Given, E> {
        Ok(Given::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Given, E> {
        Ok(Given::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Given, E> {
        Ok(Given::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Given, E> {
        Ok(Given::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Given, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Given::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Given::Map(entries))
    }
}

fn unlike(name: &str) -> wasm_bindgen::JsValue {
    bad_option(format!("选项 {name} 的写法有误 / the option {name} is written wrongly"))
}

impl Given {
    pub(super) fn read(json: &str) -> Thrown<Self> {
        serde_json::from_str(json).map_err(|error| bad_option(format!("选项有误 / bad options: {error}")))
    }

    pub(super) fn list(self, name: &str) -> Thrown<Vec<Given>> {
        match self {
            Self::Null => Ok(Vec::new()),
            Self::List(items) => Ok(items),
            _ => Err(unlike(name)),
        }
    }

    pub(super) fn texts(self, name: &str) -> Thrown<Vec<String>> {
        self.list(name)?.into_iter().map(|text| text.text(name).map(Option::unwrap_or_default)).collect()
    }

    /// Names and texts, `null` as an empty one.
    pub(super) fn map(self, name: &str) -> Thrown<Vec<(String, String)>> {
        match self {
            Self::Null => Ok(Vec::new()),
            Self::Map(entries) => entries.into_iter().map(|(key, text)| Ok((key, text.text(name)?.unwrap_or_default()))).collect(),
            _ => Err(unlike(name)),
        }
    }

    fn text(self, name: &str) -> Thrown<Option<String>> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) => Ok(Some(text)),
            _ => Err(unlike(name)),
        }
    }
}

/// Options that were given, each until it is taken.
pub(super) struct Fields(Vec<(String, Given)>);

impl Fields {
    /// Reads them from JSON; there are none but these.
    pub(super) fn read(json: &str, names: &[&str]) -> Thrown<Self> {
        Self::of(Given::read(json)?, names)
    }

    pub(super) fn of(given: Given, names: &[&str]) -> Thrown<Self> {
        let Given::Map(entries) = given else { return Err(unlike("{ … }")) };
        if let Some((name, _)) = entries.iter().find(|(name, _)| !names.contains(&&**name)) {
            let (zh, en) = suggestion(name, names.iter().copied());
            let known = names.join(", ");
            return Err(bad_option(format!("没有选项 “{name}”{zh}（可用：{known}） / there is no option \"{name}\"{en} (known: {known})")));
        }
        Ok(Self(entries))
    }

    pub(super) fn take(&mut self, name: &str) -> Given {
        let of_name = self.0.iter_mut().find(|(of, _)| of == name);
        of_name.map_or(Given::Null, |(_, given)| core::mem::replace(given, Given::Null))
    }

    pub(super) fn text(&mut self, name: &str) -> Thrown<Option<String>> {
        self.take(name).text(name)
    }

    pub(super) fn need(&mut self, name: &str) -> Thrown<String> {
        self.text(name)?.ok_or_else(|| bad_option(format!("缺少 “{name}” / \"{name}\" is missing")))
    }

    pub(super) fn flag(&mut self, name: &str) -> Thrown<bool> {
        match self.take(name) {
            Given::Null => Ok(false),
            Given::Flag(flag) => Ok(flag),
            _ => Err(unlike(name)),
        }
    }

    pub(super) fn number(&mut self, name: &str) -> Thrown<Option<f64>> {
        match self.take(name) {
            Given::Null => Ok(None),
            Given::Number(number) => Ok(Some(number)),
            _ => Err(unlike(name)),
        }
    }

    pub(super) fn choice<T: Copy>(&mut self, name: &str, usual: T, choices: &[(&str, T)]) -> Thrown<T> {
        choice(name, self.text(name)?, usual, choices)
    }

    /// A number, or a word that stands for something else.
    pub(super) fn number_or<T: Copy>(&mut self, name: &str, usual: T, number: fn(f64) -> T, word: (&str, T)) -> Thrown<T> {
        match self.take(name) {
            Given::Number(given) => Ok(number(given)),
            other => choice(name, other.text(name)?, usual, &[word]),
        }
    }
}
