//! Makes `src/signal/learned/weights.txt` from the labelled chats beside this file: `make train`.
//!
//! One logistic regression with an L2 penalty per signal, over the pieces that [`huashu::signal::learned`] sees, by cyclic
//! coordinate descent (Genkin, Lewis and Madigan, Large-scale Bayesian logistic regression for text categorization, 2007).
//! The pieces that matter least are left out in steps, and what remains is fitted again. Nothing is drawn by chance: the
//! same chats give the same weights.

#![allow(clippy::indexing_slicing, reason = "this is no part of the library: it may stop where a number is wrong")]

use huashu::signal::learned::{MODELS, STEPS, pieces, spell};
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs,
    path::Path,
};

/// How many pieces the weights of one signal name.
const PIECES: usize = 2000;
/// The strength of the penalty: half of it times the sum of the squared weights is added to the loss.
const PENALTY: f64 = 2.0;
/// A piece of a message is looked at if it stands in so many messages, one of what was said before in more.
const MESSAGES: usize = 3;
const MESSAGES_BEFORE: usize = 5;
/// What the agent said before counts half.
const BEFORE: f64 = 0.5;
/// Done when no weight moves farther; and at the latest after so many rounds.
const STILL: f64 = 0.001;
const ROUNDS: usize = 200;

/// A buyer's message: which signals it carries, and its pieces.
struct Message {
    carries: [bool; MODELS.len()],
    pieces: Vec<u64>,
}

/// One piece: the messages that have it, and what it is worth there.
struct Piece {
    spelt: String,
    value: f64,
    rows: Vec<usize>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut messages = Vec::new();
    for name in ["chats.txt", "lines.txt"] {
        let text = fs::read_to_string(root.join("training").join(name))?;
        for (number, chat) in text.split("\n\n").enumerate() {
            messages.extend(buyers(chat).ok_or_else(|| format!("{name}: chat {} is not as README.md says", number + 1))?);
        }
    }
    let all = index(&messages);
    println!("{} messages of buyers, {} pieces", messages.len(), all.len());

    let mut out = String::from(
        "# Written by `make train` from the chats in training/: the log-odds, in steps of 1/16, that a buyer's message carries the signal.\n\
         # Below each signal: what the sum begins with, then weights and the pieces that have them; ^ and $ are the ends of a message, 0 is\n\
         # any number, < stands before a piece of what the agent said last.\n",
    );
    for (number, model) in MODELS.into_iter().enumerate() {
        let is: Vec<bool> = messages.iter().map(|message| message.carries[number]).collect();
        let mut kept: Vec<&Piece> = all.iter().collect();
        let (mut base, mut weights) = (0.0, Vec::new());
        for most in [usize::MAX, PIECES * 4, PIECES * 2, PIECES] {
            if most < kept.len() {
                let matters = |(piece, weight): &(&Piece, f64)| weight.abs() * (piece.rows.len() as f64).sqrt();
                let mut ranked: Vec<(&Piece, f64)> = kept.into_iter().zip(weights).collect();
                ranked.sort_by(|a, b| matters(b).total_cmp(&matters(a)));
                ranked.truncate(most);
                kept = ranked.into_iter().map(|(piece, _)| piece).collect();
            }
            (base, weights) = fit(&kept, &is);
        }
        let mut by_weight: BTreeMap<i32, BTreeSet<&str>> = BTreeMap::new();
        for (piece, weight) in kept.iter().zip(&weights) {
            by_weight.entry((weight * STEPS).round() as i32).or_default().insert(&piece.spelt);
        }
        by_weight.remove(&0);
        out.push_str(&format!("[{model}]\n= {}\n", (base * STEPS).round()));
        for (weight, pieces) in by_weight.iter().rev() {
            out.push_str(&format!("{weight}\t{}\n", pieces.iter().copied().collect::<Vec<_>>().join("\t")));
        }
        println!(
            "{model}: {} messages with it, {} pieces",
            is.iter().filter(|is| **is).count(),
            by_weight.values().map(BTreeSet::len).sum::<usize>()
        );
    }
    fs::write(root.join("src/signal/learned/weights.txt"), out)?;
    Ok(())
}

/// The buyer's messages of a chat. A line is `B` or `A`, tags parted by blanks, and the text, parted by tabs.
fn buyers(chat: &str) -> Option<Vec<Message>> {
    let mut found = Vec::new();
    let mut before = "";
    for line in chat.lines() {
        let mut fields = line.splitn(3, '\t');
        let (who, tags, text) = (fields.next()?, fields.next()?, fields.next()?);
        match who {
            "A" => before = text,
            "B" => {
                found.push(Message { carries: MODELS.map(|model| tags.split(' ').any(|tag| tag == model)), pieces: pieces(text, before) })
            }
            _ => return None,
        }
    }
    Some(found)
}

/// The pieces that stand in enough messages.
fn index(messages: &[Message]) -> Vec<Piece> {
    let mut rows: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (row, message) in messages.iter().enumerate() {
        message.pieces.iter().for_each(|piece| rows.entry(*piece).or_default().push(row));
    }
    let pieces = rows.into_iter().map(|(piece, rows)| {
        let spelt = spell(piece);
        let value = if spelt.starts_with('<') { BEFORE } else { 1.0 };
        Piece { spelt, value, rows }
    });
    pieces.filter(|p| p.rows.len() >= if p.value < 1.0 { MESSAGES_BEFORE } else { MESSAGES }).collect()
}

/// Fits one signal: what its sum begins with, and each piece's weight times its value.
fn fit(pieces: &[&Piece], is: &[bool]) -> (f64, Vec<f64>) {
    let always = Piece { spelt: String::new(), value: 1.0, rows: (0..is.len()).collect() };
    let columns: Vec<&Piece> = std::iter::once(&always).chain(pieces.iter().copied()).collect();
    // Each column's weight, and how far it may move next: a full step of Newton's goes astray where the loss bends.
    let mut state = vec![(0.0_f64, 1.0_f64); columns.len()];
    let mut sums = vec![0.0; is.len()];
    for _ in 0..ROUNDS {
        let mut farthest = 0.0_f64;
        for (column, (weight, reach)) in columns.iter().zip(&mut state) {
            let (mut slope, mut bend) = (PENALTY * *weight, PENALTY);
            for row in &column.rows {
                let chance = 1.0 / (1.0 + libm::exp(-sums[*row]));
                slope += (chance - f64::from(u8::from(is[*row]))) * column.value;
                bend += chance * (1.0 - chance) * column.value * column.value;
            }
            let step = (-slope / bend).clamp(-*reach, *reach);
            *reach = (2.0 * step.abs()).max(*reach / 2.0);
            *weight += step;
            column.rows.iter().for_each(|row| sums[*row] += step * column.value);
            farthest = farthest.max(step.abs());
        }
        if farthest < STILL {
            break;
        }
    }
    let mut weights = columns.iter().zip(&state).map(|(column, (weight, _))| weight * column.value);
    (weights.next().unwrap_or(0.0), weights.collect())
}
