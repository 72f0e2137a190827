//! Any text is a TOML tree or a list of errors with places.
#![no_main]

use huashu::toml::{Errors, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let errors = Errors::new(["book.toml"]);
    let _ = parse(text, 0, &errors);
    for error in errors.into_vec() {
        assert!(error.line().is_some(), "{error}");
    }
});
