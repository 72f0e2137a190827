//! The reports that are known, as data: headers that tell them apart, and which figure stands in which column. A new report is one entry in
//! [`REPORTS`].

use crate::side::AGENT;
use Shape::*;

/// What a column's cells hold.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Shape {
    /// `0.625` or `62.5%`.
    Share,
    /// The same, and it may be more than 1.
    Ratio,
    /// `12.5`, `8分48秒`, `00:08:48`.
    Seconds,
    Yuan,
    Count,
    /// Of a list of conversations: what is added up above the line of a ratio, and below it.
    Above,
    Below,
}

impl Shape {
    pub const fn unit(self) -> &'static str {
        match self {
            Share | Ratio | Above | Below => "ratio",
            Seconds => "seconds",
            Yuan => "yuan",
            Count => "count",
        }
    }
}

/// A column: its headers without trailing brackets, unless the brackets tell two columns apart; the figure of ours that it is about; how the
/// platform counts, where that is known.
pub(super) struct Column {
    pub names: &'static [&'static str],
    pub id: Option<&'static str>,
    pub shape: Shape,
    pub standard: Option<&'static str>,
}

const fn of(id: &'static str, shape: Shape, names: &'static [&'static str], standard: Option<&'static str>) -> Column {
    Column { names, id: Some(id), shape, standard }
}

const fn alone(shape: Shape, names: &'static [&'static str]) -> Column {
    Column { names, id: None, shape, standard: None }
}

pub(super) struct Report {
    pub platform: &'static str,
    /// It is this report when all headers of one of these sets are there.
    pub marks: &'static [&'static [&'static str]],
    /// Headers of the agent's account, the best first.
    pub agent: &'static [&'static str],
    /// Whether a row is a conversation, of which means are taken, and not an agent.
    pub conversations: bool,
    pub columns: &'static [Column],
}

/// The reports, the first whose marks are there is taken; headers as programs that read the reports name them.
pub(super) const REPORTS: &[Report] = &[
    Report {
        platform: "taobao",
        marks: &[
            &["旺旺昵称", "咨询人数"],
            &["旺旺昵称", "接待人数"],
            &["旺旺昵称", "平均响应时长"],
            &["旺旺昵称", "询单人数"],
            &["3分钟人工响应率", "旺旺回复率"],
        ],
        agent: &["旺旺昵称"],
        conversations: false,
        columns: &[
            of(
                "response.mean",
                Seconds,
                &["平均响应时长"],
                Some(
                    "近 30 天 8–23 点的轮次，每轮至多 600 秒，当日未回复计 600 秒，自动回复无效 / rounds of 8:00–23:00 in 30 days, 600 s at most, which unanswered ones count; auto replies do not answer",
                ),
            ),
            of(
                "response.within_3min",
                Share,
                &["3分钟人工响应率"],
                Some(
                    "近 30 天 8–23 点的轮次，未回复计未达标，自动回复无效 / rounds of 8:00–23:00 in 30 days; unanswered ones miss, auto replies do not answer",
                ),
            ),
            of("response.reply_rate", Share, &["旺旺回复率"], None),
            of("response.first", Seconds, &["首次响应时长"], None),
            of("response.message_ratio", Ratio, &["答问比"], Some(MESSAGES)),
            of("inquiry.buyers", Count, &["询单人数", "当日询单人数"], None),
            alone(Count, &["咨询人数"]),
            alone(Count, &["接待人数"]),
            alone(Count, &["有效接待人数"]),
            alone(Count, &["未回复人数"]),
            alone(Count, &["慢响应人数"]),
        ],
    },
    Report {
        platform: "douyin",
        marks: &[&["人工已接待人数"], &["人工已接待会话量"], &["3分钟人工回复率(会话)"]],
        agent: &["客服昵称", "账号名称"],
        conversations: false,
        columns: &[
            of(
                "response.mean",
                Seconds,
                &["平均响应时长", "新平均响应时长"],
                Some(
                    "8:00–22:59:59 开始的会话，每轮至多 600 秒，仅计人工 / conversations begun 8:00–22:59:59, 600 s a round at most, people only",
                ),
            ),
            of(
                "response.within_3min",
                Share,
                &["3分钟人工回复率(会话)"],
                Some("8–23 点，按会话，未回复计未达标，仅计人工 / 8:00–23:00, by conversation; unanswered ones miss, people only"),
            ),
            of(
                "response.within_3min",
                Share,
                &["3分钟人工回复率"],
                Some("8–23 点，按消息，未回复计未达标，仅计人工 / 8:00–23:00, by message; unanswered ones miss, people only"),
            ),
            of("response.first", Seconds, &["首次响应时长"], None),
            of("service.csat", Share, &["满意率"], None),
            of("inquiry.buyers", Count, &["询单人数"], None),
            of("inquiry.payment_conversion", Share, &["询单转化率"], None),
            of("sales.inquiry_amount", Yuan, &["客服销售额"], None),
            alone(Share, &["不满意率"]),
            alone(Count, &["人工已接待人数"]),
            alone(Count, &["人工已接待会话量"]),
            alone(Count, &["下单人数"]),
            alone(Count, &["支付人数"]),
            alone(Count, &["预警会话量"]),
        ],
    },
    Report {
        platform: "pdd",
        marks: &[&["客服账号", "需要人工回复的咨询人数"], &["客服账号", "最终成团人数"], &["3分钟未回复人数"]],
        agent: &["客服账号"],
        conversations: false,
        columns: &[
            of("response.within_3min", Share, &["3分钟人工回复率"], Some(BY_BUYER)),
            of("response.within_30s", Share, &["30秒应答率"], Some(BY_BUYER)),
            of("response.mean", Seconds, &["平均人工响应时长"], None),
            of("inquiry.buyers", Count, &["询单人数"], None),
            of("inquiry.payment_conversion", Share, &["询单转化率"], Some("最终成团人数 / 询单人数 · groups that formed / inquiry buyers")),
            of("sales.inquiry_amount", Yuan, &["客服销售额"], None),
            alone(Yuan, &["去退销售额"]),
            alone(Count, &["客服服务分"]),
            alone(Count, &["咨询人数"]),
            alone(Count, &["最终成团人数"]),
            alone(Count, &["需要人工回复的咨询人数"]),
            alone(Count, &["人工接待人数"]),
            alone(Count, &["3分钟未回复人数"]),
            alone(Count, &["评分≤3订单数"]),
            alone(Count, &["纠纷退款数"]),
            alone(Count, &["投诉数"]),
        ],
    },
    Report {
        platform: "jd",
        marks: &[&["咨询时间", "顾客", "客服消息数"], &["首次响应时间", "客户消息数"]],
        agent: &["客服"],
        conversations: true,
        columns: &[
            of("response.first", Seconds, &["首次响应时间"], Some(OF_CONVERSATIONS)),
            of("response.mean", Seconds, &["新平均响应时间", "平均响应时间"], Some(OF_CONVERSATIONS)),
            of("response.message_ratio", Above, &["客服消息数"], Some(MESSAGES)),
            of("response.message_ratio", Below, &["客户消息数"], Some(MESSAGES)),
        ],
    },
    Report {
        platform: "chitu",
        marks: &[&["客服昵称", "接待人数"], &["客服昵称", "聊天人数"], &["客服昵称", "平均响应"], &["客服昵称", "询单人数"]],
        agent: &["客服昵称"],
        conversations: false,
        columns: &[
            of("response.first", Seconds, &["首次响应", "首次响应时间"], None),
            of("response.mean", Seconds, &["平均响应", "平均响应时间"], None),
            of("response.reply_rate", Share, &["回复率"], None),
            of("response.message_ratio", Ratio, &["答问比"], Some(MESSAGES)),
            of("inquiry.buyers", Count, &["询单人数"], None),
            of(
                "inquiry.order_conversion",
                Share,
                &["询单->最终下单成功率", "询单->最终下单转化率"],
                Some("询单当日或次日下单 / ordered on the day of the inquiry or the next"),
            ),
            of(
                "inquiry.payment_conversion",
                Share,
                &["询单->最终付款成功率", "询单->最终付款转化率"],
                Some("约 8 天后才定 / final after about 8 days"),
            ),
            of("sales.inquiry_amount", Yuan, &["销售额", "客服销售额"], None),
            of("service.csat", Share, &["客户满意率"], None),
            alone(Count, &["聊天人数", "咨询人数"]),
            alone(Count, &["接待人数"]),
            alone(Count, &["直接接入人数"]),
            alone(Count, &["转发接入人数"]),
            alone(Count, &["转出人数"]),
            alone(Count, &["总消息数"]),
            alone(Count, &["买家消息数"]),
            alone(Count, &["客服消息数"]),
            alone(Count, &["客服字数"]),
            alone(Count, &["最大同时聊天数"]),
            alone(Count, &["未回复人数"]),
            alone(Count, &["慢接待人数"]),
            alone(Count, &["长接待人数"]),
            alone(Seconds, &["平均接待时长"]),
        ],
    },
    // What the user maps: any figure of ours.
    Report {
        platform: "generic",
        marks: &[],
        agent: AGENT,
        conversations: false,
        columns: &[
            of("response.first", Seconds, &[], None),
            of("response.mean", Seconds, &[], None),
            of("response.within_20s", Share, &[], None),
            of("response.within_30s", Share, &[], None),
            of("response.within_3min", Share, &[], None),
            of("response.reply_rate", Share, &[], None),
            of("response.message_ratio", Ratio, &[], None),
            of("inquiry.buyers", Count, &[], None),
            of("inquiry.order_conversion", Share, &[], None),
            of("inquiry.payment_conversion", Share, &[], None),
            of("sales.inquiry_amount", Yuan, &[], None),
            of("sales.silent_amount", Yuan, &[], None),
            of("sales.paid_amount", Yuan, &[], None),
            of("sales.per_buyer", Yuan, &[], None),
            of("orders.paid", Count, &[], None),
            of("orders.buyers", Count, &[], None),
            of("repurchase.customer_rate", Share, &[], None),
            of("service.csat", Share, &[], None),
            of("service.complaint_rate", Share, &[], None),
        ],
    },
];

const MESSAGES: &str = "客服消息数 / 买家消息数 · agents' messages / buyers' messages";
const BY_BUYER: &str = "按人数，官方算法未公开 / by buyer; the exact definition is not published";
const OF_CONVERSATIONS: &str = "由会话明细求平均 / mean over the conversations listed";
