//! In which table a key belongs: whoever writes `off` below the first header is told where it goes.

use crate::toml::Home;

/// The tables, and their keys that are looked for in others.
pub(super) const HOMES: [Home; 28] = [
    ("", &["extends", "off", "version"]),
    (
        "[[signal]]",
        &["words", "whole", "near", "patterns", "answers", "short", "learned", "unless", "except", "max_chars", "helper", "example"],
    ),
    ("words = [{ }]", &["replace"]),
    ("near = [{ }]", &["within", "first", "any_order"]),
    ("short = { }", &["chars", "softened_by"]),
    ("patterns = [{ }]", &["find", "with"]),
    ("unless = [{ }]", &["before", "after", "sentence", "within", "but"]),
    (
        "[[rule]]",
        &[
            "principle",
            "category",
            "kind",
            "on",
            "per",
            "deduct",
            "max_deduct",
            "bonus",
            "weight",
            "severity",
            "suggest",
            "note",
            "source",
            "scenes",
            "enabled",
            "profiles_off",
            "yields_to",
            "spoils",
            "example",
        ],
    ),
    ("[[rule]] kind = 'forbid'", &["signals", "before", "after", "around"]),
    ("[[rule]] kind = 'require'", &["signals", "where", "all", "begun", "when", "before", "after", "around"]),
    ("[[rule]] kind = 'reply'", &["then", "when"]),
    ("[[rule]] kind = 'flow'", &["steps", "order", "before", "after", "around"]),
    ("[[rule]] kind = 'measure'", &["max", "min", "min_chars", "before", "after", "around"]),
    ("after | before | around = { }", &["within"]),
    ("within = { }", &["rounds", "seconds"]),
    ("when = { }", &["signals", "except", "without_gap_of"]),
    ("then = { }", &["signals", "reply", "where", "opening", "within", "earlier", "not", "except", "gap_of"]),
    ("steps = [{ }]", &["name", "name_en", "signals", "optional"]),
    ("[[rule.example]]", &["pass", "fail", "skip", "because", "not", "tiers", "todo"]),
    ("[[signal.example]]", &["hit", "miss", "todo"]),
    ("[[scene]]", &["after_sale", "as_problem"]),
    ("[[alert]]", &["until_answered"]),
    ("[score]", &["method", "base", "cap"]),
    ("[dissatisfaction]", &["last", "points"]),
    ("[[kpi]]", &["metric"]),
    ("[[pay]]", &["item", "level"]),
    ("[[pay.item]]", &["else"]),
    (
        "[customers]",
        &[
            "care",
            "related",
            "active",
            "risk_high",
            "risk_low",
            "core_days",
            "core_active",
            "by_cycle",
            "rfm",
            "recency",
            "frequency",
            "monetary",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};

    /// A key that is known in its table has a value of the wrong type there, or whatever else, but is no unknown key.
    #[test]
    fn every_key_is_at_home() {
        for (table, keys) in HOMES {
            for key in keys {
                let text = match table {
                    "then = { }" => format!("[[rule]]\nkind = 'reply'\nthen = {{ {key} = 1.5 }}"),
                    "unless = [{ }]" => format!("[[signal]]\nunless = [{{ {key} = 1.5 }}]"),
                    "after | before | around = { }" => format!("[[rule]]\nkind = 'forbid'\nafter = {{ {key} = 1.5 }}"),
                    "when = { }" => format!("[[rule]]\nkind = 'reply'\nwhen = {{ {key} = 1.5 }}"),
                    "steps = [{ }]" => format!("[[rule]]\nkind = 'flow'\nsteps = [{{ {key} = 1.5 }}]"),
                    "within = { }" => {
                        format!("[[rule]]\nkind = 'forbid'\nsignals = 'a'\nafter = {{ signals = 'a', within = {{ {key} = 1.5 }} }}")
                    }
                    "[[pay.item]]" => format!("[[pay]]\n{table}\n{key} = 1.5"),
                    "words = [{ }]" => format!("[[signal]]\nwords = [{{ {key} = 1.5 }}]"),
                    "short = { }" => format!("[[signal]]\nshort = {{ {key} = 1.5 }}"),
                    "near = [{ }]" => format!("[[signal]]\nnear = [{{ {key} = 1.5 }}]"),
                    "patterns = [{ }]" => format!("[[signal]]\npatterns = [{{ {key} = 1.5 }}]"),
                    "[[rule.example]]" => format!("[[rule]]\n{table}\n{key} = 1.5"),
                    "[[signal.example]]" => format!("[[signal]]\n{table}\n{key} = 1.5"),
                    "[[rule]]" => format!("[[rule]]\n{key} = 1.5\nsignals = 'a'"),
                    table => format!("{}\n{key} = 1.5", table.replacen(' ', "\n", 1)),
                };
                let text = text.replace("[[rule]]\nsource", "[[rule]]\nkind = 'forbid'\nsource");
                let text = if *key == "kind" || text.contains("kind =") {
                    text
                } else {
                    text.replace("[[rule]]\n", "[[rule]]\nkind = 'forbid'\n")
                };
                let errors = super::super::check("b", &text).errors;
                let unknown = errors.iter().find(|e| e.code() == "book-key" && e.message().contains(&format!("“{key}”")));
                assert!(unknown.is_none(), "{table} {key}: {}", unknown.map(ToString::to_string).unwrap_or_default());
            }
        }
    }
}
