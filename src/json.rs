//! JSON text by one routine for all types.
//!
//! serde_json's own writer is made anew for every type of field and of entry, half a KB each. Here only the value's own part is; what
//! stands around it is written by functions that all share. The text is the same.

use alloc::string::String;
use core::fmt::{Display, Write};
use serde::ser::{
    Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct, Serializer,
};
use serde_json::{Error, Result};

/// A value as JSON text.
pub(crate) fn text<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    let mut writer = Writer(String::new());
    value.serialize(&mut writer)?;
    Ok(writer.0)
}

struct Writer(String);

impl Writer {
    /// A comma, but for what comes first: nothing that is written to its end ends in a bracket that opens.
    fn next(&mut self) {
        if !self.0.ends_with(['{', '[']) {
            self.0.push(',');
        }
    }

    #[inline(never)]
    fn key(&mut self, key: &str) {
        self.next();
        self.quoted(key);
        self.0.push(':');
    }

    #[inline(never)]
    fn quoted(&mut self, text: &str) {
        self.0.push('"');
        let mut from = 0;
        for (at, byte) in text.bytes().enumerate() {
            if byte >= b' ' && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.0.push_str(text.get(from..at).unwrap_or_default());
            from = at + 1;
            self.0.push('\\');
            match byte {
                b'\n' => self.0.push('n'),
                b'\r' => self.0.push('r'),
                b'\t' => self.0.push('t'),
                8 => self.0.push('b'),
                12 => self.0.push('f'),
                b'"' | b'\\' => self.0.push(char::from(byte)),
                _ => self.shown(&format_args!("u{byte:04x}")),
            }
        }
        self.0.push_str(text.get(from..).unwrap_or_default());
        self.0.push('"');
    }

    #[inline(never)]
    fn shown(&mut self, value: &dyn Display) {
        // Into a string nothing fails.
        let _ = write!(self.0, "{value}");
    }

    fn close(&mut self, bracket: char) -> Result<()> {
        self.0.push(bracket);
        Ok(())
    }
}

impl Serializer for &mut Writer {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_bool(self, value: bool) -> Result<()> {
        self.0.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<()> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<()> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<()> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<()> {
        self.shown(&value);
        Ok(())
    }

    fn serialize_u8(self, value: u8) -> Result<()> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<()> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<()> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<()> {
        self.shown(&value);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<()> {
        self.0.push_str(&serde_json::to_string(&value)?);
        Ok(())
    }

    fn serialize_f64(self, value: f64) -> Result<()> {
        self.0.push_str(&serde_json::to_string(&value)?);
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<()> {
        self.quoted(value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<()> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.0.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, variant: &'static str, value: &T) -> Result<()> {
        self.0.push('{');
        self.key(variant);
        value.serialize(&mut *self)?;
        self.close('}')
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self> {
        self.0.push('[');
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Impossible<(), Error>> {
        Err(Error::custom("a variant of several values"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self> {
        self.0.push('{');
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Impossible<(), Error>> {
        Err(Error::custom("a variant of several values"))
    }
}

impl SerializeSeq for &mut Writer {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.next();
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<()> {
        self.close(']')
    }
}

impl SerializeTuple for &mut Writer {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<()> {
        self.close(']')
    }
}

impl SerializeTupleStruct for &mut Writer {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<()> {
        self.close(']')
    }
}

impl SerializeMap for &mut Writer {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        self.next();
        let at = self.0.len();
        key.serialize(&mut **self)?;
        // A number stands in quotes as a key.
        if self.0.get(at..).is_some_and(|key| !key.starts_with('"')) {
            self.0.insert(at, '"');
            self.0.push('"');
        }
        self.0.push(':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<()> {
        self.close('}')
    }
}

impl SerializeStruct for &mut Writer {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<()> {
        self.key(key);
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<()> {
        self.close('}')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{collections::BTreeMap, vec::Vec};
    use proptest::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Copy, Debug, Serialize)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        OfTwo,
        Held(i8),
    }

    #[derive(Clone, Debug, Serialize)]
    struct Row {
        text: String,
        letter: char,
        number: f64,
        small: f32,
        count: i64,
        kinds: Vec<Kind>,
        unit: (),
        pair: Option<(u64, bool)>,
        by: BTreeMap<u32, String>,
        names: BTreeMap<String, Option<i32>>,
    }

    proptest! {
        #[test]
        fn as_serde_json_writes(
            text in any::<String>(),
            odd in "[\\x00-\\x7f]{0,9}",
            letter in any::<char>(),
            (number, small, count, held) in (any::<f64>(), any::<f32>(), any::<i64>(), any::<i8>()),
            kinds in 0..3_usize,
            pair in any::<Option<(u64, bool)>>(),
            by in any::<BTreeMap<u32, String>>(),
            names in any::<BTreeMap<String, Option<i32>>>(),
        ) {
            let kinds = [Kind::OfTwo, Kind::Held(held)].into_iter().cycle().take(kinds).collect();
            let row = Row { text, letter, number, small, count, kinds, unit: (), pair, by, names };
            let rows = [&row, &Row { text: odd, number: 1e300 / number, ..row.clone() }];
            prop_assert_eq!(super::text(&rows).unwrap(), serde_json::to_string(&rows).unwrap());
        }
    }
}
