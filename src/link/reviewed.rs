//! A review with the shop's reply as a talk of two messages, so that a book finds in it what it finds in chats.

use super::{Buyer, Contact, Findings, Known};
use crate::{
    chat::{Conversation, Kind, Message, Role, Source},
    order::hash,
    side::Review,
    sort,
};
use alloc::{format, string::String, vec::Vec};

/// The `format` of a talk that is a review: rules `on = "review"` look at these and at nothing else.
pub const REVIEW: &str = "review";

/// A review as figures see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// The review and the reply to it, as a conversation.
    pub talk: Contact,
    /// 1–5, where they are known.
    pub stars: Option<u8>,
    /// The product, where the table names it.
    pub product: Option<String>,
    /// The order's number.
    pub order: Option<String>,
    /// A hash of what the buyer wrote: the texts themselves are not kept.
    pub text: u64,
}

impl Reviewed {
    /// The review as a talk: what the buyer wrote, then the reply. A review without words says nothing. `number` counts the reviews.
    ///
    /// ```
    /// use huashu::{link::Reviewed, side};
    /// let csv = "订单号,买家,评价内容,商家回复\n7,甲,带子开线了,非常抱歉，给您补发一条\n";
    /// let file = side::read("a.csv", csv.as_bytes(), &Default::default());
    /// let talk = Reviewed::conversation(&file.side.reviews().next().unwrap(), 0);
    /// assert_eq!((talk.id.as_str(), talk.messages.len()), ("review#1", 2));
    /// ```
    pub fn conversation(review: &Review, number: usize) -> Conversation {
        let message = |role, sender: Option<&str>, at, text: Option<&str>| {
            text.map(|text| Message {
                role,
                sender: sender.map(String::from),
                at,
                to_minute: false,
                text: text.into(),
                kind: Kind::Text,
                line: 0,
            })
        };
        let said = [
            message(Role::Buyer, review.buyer, review.at, Some(review.text.unwrap_or(""))),
            message(Role::Agent, None, review.replied_at, review.reply),
        ];
        Conversation {
            id: format!("review#{}", number + 1),
            buyer: review.buyer.map(String::from),
            messages: said.into_iter().flatten().collect::<Vec<_>>(),
            source: Source { file: String::new(), line: 0, format: REVIEW },
        }
    }

    /// What is known of its writer.
    pub fn known(review: &Review, known: Known) -> Known {
        match review.stars {
            Some(stars) => known.with(Buyer::Dissatisfied, stars <= Buyer::DISSATISFIED),
            None => known,
        }
    }

    /// The facts of one review.
    pub fn of(review: &Review, conversation: &Conversation, found: Findings) -> Self {
        Self {
            talk: Contact::of(conversation, found),
            stars: review.stars,
            product: review.product.map(String::from),
            order: review.order.map(String::from),
            text: hash(&[review.text.unwrap_or("").as_bytes()]),
        }
    }

    /// What tells it from others, wherever it was read; it may have been answered meanwhile.
    fn key(&self) -> impl Ord + '_ {
        (&self.order, &self.talk.buyer, self.talk.asked_at, &self.product, self.stars, self.text)
    }

    /// Whether it is a bad one by its stars.
    pub fn is_bad(&self) -> bool {
        self.stars.is_some_and(|stars| stars <= Buyer::DISSATISFIED)
    }
}

/// Joins the reviews of several files: each is kept once, with its reply.
pub fn merge(reviews: &mut Vec<Reviewed>, more: Vec<Reviewed>) {
    reviews.extend(more);
    sort::by(reviews, |a, b| a.key().cmp(&b.key()).then_with(|| (b.talk.replied, &b.talk).cmp(&(a.talk.replied, &a.talk))));
    reviews.dedup_by(|next, kept| next.key() == kept.key());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reviews_of_nobody_are_told_apart_by_their_texts() {
        let file = |rows: &str| {
            let side = crate::side::read("a.csv", format!("评分,评价内容,商家回复\n{rows}").as_bytes(), &Default::default()).side;
            let of = |(at, review)| Reviewed::of(&review, &Reviewed::conversation(&review, at), Findings::default());
            side.reviews().enumerate().map(of).collect::<Vec<_>>()
        };
        let mut all = file("1,破了,\n1,脏了,\n");
        merge(&mut all, file("1,破了,抱歉\n1,少了,\n"));
        assert_eq!(all.iter().map(|review| review.talk.replied).filter(|replied| *replied).count(), 1);
        assert_eq!(all.len(), 3);
    }
}
