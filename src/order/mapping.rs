//! `--columns`: the user's own map from our fields to an export's headers.

use super::dialect::Field;
use crate::{error::Error, toml::suggestion};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// Which header holds which of our fields. It overrules what a file's own headers tell, field by field.
///
/// ```
/// use huashu::order::Columns;
/// let map = Columns::parse(r#"{"order_id": "单号", "buyer": "会员", "paid_amount": "实收"}"#).unwrap();
/// assert_eq!(map.header("buyer"), Some("会员"));
/// let error = Columns::parse(r#"{"orderid": "单号"}"#).unwrap_err();
/// assert_eq!(error.code(), "unknown-column");
/// assert!(error.message().contains("did you mean \"order_id\"?"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns(Vec<(Field, String)>);

impl Columns {
    /// From JSON: an object whose keys are `order_id buyer created_at paid_at received_at state ordered_amount paid_amount
    /// refund_amount sku title quantity unit_price` (all optional) and whose values are headers. `null` and `""` mean that no
    /// column of the file holds the field.
    pub fn parse(json: &str) -> Result<Self, Error> {
        let map: BTreeMap<String, Option<String>> = serde_json::from_str(json.trim_start_matches('\u{feff}')).map_err(|e| {
            let message = format!(
                "列映射应为 JSON 对象，例如 {{\"order_id\": \"订单编号\"}}（{e}） / the column map must be a JSON object such as {{\"order_id\": \"订单编号\"}} ({e})"
            );
            Error::new("columns-syntax", message).at(e.line() as u32, e.column() as u32)
        })?;
        Self::of(map.into_iter().map(|(name, header)| (name, header.unwrap_or_default())))
    }

    /// Of names of fields and headers; an empty one means that no column holds the field.
    pub(crate) fn of(map: impl IntoIterator<Item = (String, String)>) -> Result<Self, Error> {
        let mut columns = Vec::new();
        for (name, header) in map {
            let Some(field) = Field::MAPPED.into_iter().find(|f| f.name() == Some(name.as_str())) else {
                return Err(unknown(&name));
            };
            columns.push((field, header));
        }
        Ok(Self(columns))
    }

    /// Whether it names what a list of orders has and one of refunds has not.
    pub(super) fn is_of_orders(&self) -> bool {
        let own = [Field::CreatedAt, Field::PaidAt, Field::State, Field::OrderedAmount, Field::PaidAmount];
        self.0.iter().any(|(field, header)| own.contains(field) && !header.is_empty())
    }

    /// The header of a field.
    pub fn header(&self, field: &str) -> Option<&str> {
        let known = self.0.iter().find(|(f, _)| f.name() == Some(field));
        known.map(|(_, header)| header.trim()).filter(|header| !header.is_empty())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Field, &str)> {
        self.0.iter().map(|(field, header)| (*field, header.as_str()))
    }
}

/// Our fields and the headers for them, written as `--columns` reads them.
pub(crate) struct Named<'a>(pub &'a [(&'static str, String)]);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, header) in self.0 {
            map.serialize_entry(field, header)?;
        }
        map.end()
    }
}

fn unknown(name: &str) -> Error {
    let names: Vec<&str> = Field::MAPPED.into_iter().filter_map(Field::name).collect();
    let (zh, en) = suggestion(name, names.iter().copied());
    let all = names.join(" ");
    Error::new("unknown-column", format!("没有名为 “{name}” 的字段{zh}；可用字段：{all} / there is no field \"{name}\"{en}; fields: {all}"))
}
