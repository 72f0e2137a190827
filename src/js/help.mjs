export const help = `huashu：在自己的电脑上给客服聊天打分、算店铺数据，不上传任何内容
        Scores customer-service chats and computes the shop's figures on your own machine; nothing is uploaded.

用法 / Usage
  huashu check FILE…            按规则检查聊天并打分 / check chats against the rule book
      --book FILE               自己的规则本（TOML）/ your own rule book
      --profile ID              平台：taobao pdd jd douyin / platform profile
      --orders FILE…            订单：区分新老顾客 / orders, to tell new buyers from returning ones
      --tables [KIND=]FILE…     其他表（评价、名单、会员、平台的客服报表等，见 README）
                                / side tables: ratings, reviews, roster, members, campaigns, messages, shipping, given (platforms' reports)
      --columns MAP             表头对照（JSON）/ a JSON file from our fields to the headers of orders, and under "chats" or a KIND to those of
                                tables of chats and of side tables
      --buyer account|phone|receiver
                                以什么区分订单的买家，默认账号 / what tells the buyers of orders apart; their account
      --format text|json|csv|junit
      --messages                结果中带上聊天原文 / put the messages into the JSON
      --unmasked                text、csv、junit 中不遮手机号、单号、地址、买家名 / leave phone and order numbers, addresses, names of buyers unmasked
      --encoding utf-8|utf-8-bom|utf-16le|utf-16be|gb18030
                                文件的编码，默认自动识别 / what the files are written in; detected unless told
      --agents A,B  --year Y  --shape S
                                客服的昵称、没写年份的日期是哪一年、聊天的样式（labelled、name-time、json、table…），认错时指定
                                / who the agents are, the year of dates without one, the shape of the chats, where they are told wrong
      --fail-under N            有会话低于 N 分时退出码为 1 / exit 1 when a conversation scores below N
  huashu signals FILE… [--book FILE] [--encoding …] [--agents …] [--year …] [--shape …] [--columns MAP]
                                每条消息中的信号，每行一个会话 / the signals of every message, as JSON lines
  huashu metrics --orders FILE… --chats FILE…
                                由订单和聊天计算店铺数据 / the shop's figures, from orders, chats or both
      --book FILE  --profile ID  --tables [KIND=]FILE…  --columns MAP  --buyer account|phone|receiver
      --period A..B             只算这段日期，如 2026-01-01..2026-01-31 / these days only
      --as-of DATE              算到哪一天，默认数据的最后一天 / the day to look back from; the last one in the data
      --refunded exclude|include  全额退款的订单是否计入，默认不计 / whether refunded orders count; exclude
      --drop-zero               不计金额为 0 的行 / leave out lines of amount 0
      --known-buyers            不计没有买家的订单 / leave out orders without a buyer
      --window DAYS             询单后几天内下单算转化，默认 1（次日为止）/ days for an order to follow an inquiry; 1
      --attribution order|order-first|payment
      --campaign-days DAYS      营销触达后几天内付款算响应，默认 7 / days for an order to follow a campaign; 7
      --forwarded N|count       客服转接出去、另外回复不超过 N 条的会话不算这位客服的询单，默认 0；count：都算
                                / chats handed over with at most N other messages are no inquiries of that agent; 0; count: they are
      --monologue N             买家消息不超过 N 条的会话不算询单，默认 0 / chats of at most N buyer messages are no inquiries; 0
      --customers KEY=N,…       顾客分期和分层的界限，默认按规则书的 [customers]，如 active=60,risk_high=120,rfm=median
                                / where groups of customers begin and end, else as the book has it
      --exclude FILE            不计名单中的买家和订单，每行一个（自己人、测试、刷单）/ leave out buyers and orders, one a line
      --rows ID                 列出某个数据背后的订单、买家、会话或轮次 / the orders, buyers, talks or rounds behind one figure
      --by KIND=NAME            与 --rows 一起用，只列一位客服、一个组别、一个小时等，如 agent=小美 / with --rows, of one part alone:
                                agent, person, team, shift, hour, weekday, campaign, product
      --table ID                列出一张表，如 actions（待办）、outliers（异常买家）/ one table, as actions or outliers
      --encoding … --agents … --year … --shape …  --unmasked
                                同上 / as above
      --format text|json|csv
  huashu book check FILE        检查规则本，运行其中的例子；写法见项目的 docs/book.md
                                / check a rule book and run its examples; the project's docs/book.md tells how to write one
  huashu book show [RULE]       列出标准规则本，或其中一条的说明 / list the standard book, or tell of one rule of it
  huashu book show standard     标准规则本的全文（TOML），可以照抄 / the whole text of the standard book (TOML), to copy from
  huashu --help | --version

FILE 可以是文本、CSV、Excel 工作簿（xlsx）或它们的 zip；为 - 时读标准输入 / text, CSV, an Excel workbook (xlsx), a zip of these; - is the standard input.
退出码 / Exit code: 0 正常 fine, 1 低于 --fail-under below it, 2 用法或文件有误、写不出 bad input or usage, or no output.
`;
