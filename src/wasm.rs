//! The boundary to JavaScript, and the only room that names wasm-bindgen. `src/js/api.mjs` wraps what is here.
//!
//! Files come in as bytes, options and results cross as JSON text; an error is thrown as the JSON list of its
//! [`Error`](crate::Error)s.

mod book;
mod files;
mod given;
mod input;
mod json;
mod options;
mod shop;

pub use book::Book;
pub use files::Source;
pub use input::Input;
pub use shop::{Shop, Writer};

use crate::{chat, report};
use alloc::{string::String, vec::Vec};
use given::Given;
use json::{Thrown, json};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// The shapes of chats, as the option `format` names them.
fn shapes() -> impl Iterator<Item = (&'static str, &'static str)> {
    chat::shapes().chain([("json", ""), ("table", "")])
}

/// JSON list of the shapes of chats.
#[wasm_bindgen]
pub fn chat_shapes() -> Thrown<String> {
    json(&shapes().map(|(id, looks)| Shape { id, looks }).collect::<Vec<_>>())
}

/// A text without its long numbers, mail addresses and house numbers, and without the buyer's name where it is known.
#[wasm_bindgen]
pub fn mask(text: &str, name: Option<String>) -> String {
    report::mask(text, name.as_deref().as_slice())
}

/// JSON list of the numbers of orders, whatever they look like, for a list of them.
#[wasm_bindgen]
pub fn mask_orders(numbers_json: &str) -> Thrown<String> {
    let numbers = Given::read(numbers_json)?.texts("numbers")?;
    let mut masks: Vec<(String, String)> = numbers.into_iter().map(|number| (number.clone(), report::mask_order(&number))).collect();
    report::tell_apart(&mut masks);
    json(&masks.into_iter().map(|(_, mask)| mask).collect::<Vec<_>>())
}

/// A name but for its first and last character.
#[wasm_bindgen]
pub fn mask_name(name: &str) -> String {
    report::mask_name(name)
}

#[derive(Serialize)]
struct Shape {
    id: &'static str,
    looks: &'static str,
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    const CHAT: &str = "买家：等了三天了😭还没到\n客服：非常抱歉让您久等了\n";
    const ORDERS: &str =
        "订单编号,买家会员名,订单付款时间,买家实际支付金额\n1,小林,2026-01-02 10:00:00,12.50\n2,小林,2026-01-09 10:00:00,7.50\n";

    fn read(shop: &mut Shop, what: &str, text: &str) -> String {
        let mut input = Input::new(what, "file", "{}").unwrap();
        for slice in text.as_bytes().chunks(7) {
            input.push(slice);
        }
        let kept = js_sys::Function::new_with_args("bytes", "return { read: (from, length) => bytes.slice(from, from + length) }");
        let source = kept.call1(&JsValue::NULL, &js_sys::Uint8Array::from(text.as_bytes())).unwrap();
        shop.add(input, Some("utf-8".into()), source.unchecked_into()).unwrap()
    }

    fn thrown(error: JsValue) -> String {
        error.as_string().unwrap()
    }

    #[wasm_bindgen_test]
    fn a_chat_becomes_a_report_in_pieces() {
        let mut shop = Shop::new(&Book::standard(None).unwrap());
        assert!(read(&mut shop, "chats", CHAT).contains(r#""encoding":"utf-8","conversations":1,"messages":2"#));
        shop.judge(1).unwrap();
        for format in ["text", "json", "csv", "junit"] {
            let writer = Writer::new(format.into(), "{}").unwrap();
            let pieces = [writer.head(&shop), writer.rows(&mut shop, 0, 9), writer.tail(&shop)].map(Result::unwrap);
            assert!(pieces[1].contains("file#1"), "{format}: {pieces:?}");
            assert_eq!(writer.rows(&mut shop, 1, 9).unwrap(), "", "{format}");
        }
        assert!(shop.lowest().is_some());
        assert!(shop.conversation(0).unwrap().contains("等了三天了"));
        assert!(thrown(shop.conversation(1).unwrap_err()).contains("unknown-conversation"));
        assert!(shop.signals(0, 9).unwrap().unwrap().contains(r#""1":["apology""#));
        assert_eq!(shop.signals(1, 9).unwrap(), None);
    }

    #[wasm_bindgen_test]
    fn orders_become_figures() {
        let mut shop = Shop::new(&Book::standard(Some("taobao".into())).unwrap());
        read(&mut shop, "orders", ORDERS);
        let figures = shop.metrics(r#"{"period": {"from": "2026-01-01", "to": "2026-01-31"}, "asOf": "2026-01-31"}"#).unwrap();
        assert!(figures.contains(r#""id":"sales.paid_amount""#) && figures.contains(r#""files":[{"file":"file""#));
        assert!(thrown(shop.metrics(r#"{"window": "two"}"#).unwrap_err()).contains("bad-option"));
        shop.reset();
        assert!(shop.metrics("{}").unwrap().ends_with(r#""files":[]}"#));
    }

    #[wasm_bindgen_test]
    fn mistakes_are_thrown_with_their_place() {
        let error = Book::parse("id = 'a'\ntitle = 'A'\nsignla = 1\n", None, Some("a.toml".into())).err().unwrap();
        assert!(thrown(error).contains(r#""file":"a.toml","line":3,"column":1"#));
        assert!(thrown(Book::standard(Some("ebay".into())).err().unwrap()).contains("unknown-profile"));
        assert!(thrown(Input::new("chats", "a", r#"{"format": "fax"}"#).err().unwrap()).contains("fax"));
        assert!(thrown(Input::new("orders", "a", r#"{"columns": {"byer": "x"}}"#).err().unwrap()).contains("byer"));
        assert!(thrown(Writer::new("pdf".into(), "{}").err().unwrap()).contains("pdf"));
    }
}
