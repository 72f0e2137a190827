import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const { createDuckDB, NODE_RUNTIME, VoidLogger } = require("@duckdb/duckdb-wasm/blocking");
const dist = dirname(require.resolve("@duckdb/duckdb-wasm/blocking"));
const db = await createDuckDB({ mvp: { mainModule: join(dist, "duckdb-mvp.wasm") }, eh: { mainModule: join(dist, "duckdb-eh.wasm") } }, new VoidLogger(), NODE_RUNTIME);
await db.instantiate();

const READ = `CREATE OR REPLACE TABLE orders AS SELECT 买家会员名 AS buyer, 订单付款时间 AS paid, 订单状态 AS state, 买家实际支付金额 AS amount
  FROM read_csv('orders.csv', header = true)`;
const FIGURES = `WITH kept AS (SELECT buyer, paid::DATE AS day, amount FROM orders WHERE paid IS NOT NULL AND state <> '交易关闭'),
  buyers AS (SELECT buyer, count(DISTINCT day) AS days, max(day) - min(day) AS span FROM kept GROUP BY buyer)
  SELECT (SELECT count(*) FROM kept)::DOUBLE AS orders, (SELECT sum(amount) FROM kept)::DOUBLE AS sales, count(*)::DOUBLE AS buyers,
    (count(*) FILTER (days > 1) / count(*))::DOUBLE AS repurchase, (avg(span / (days - 1)) FILTER (days > 1))::DOUBLE AS cycle FROM buyers`;

function connect(bytes) {
  db.registerFileBuffer("orders.csv", bytes);
  const connection = db.connect();
  return (sql) => connection.query(sql).toArray()[0]?.toJSON();
}

export default {
  "read-orders"(bytes) {
    const query = connect(bytes);
    return () => {
      query(READ);
      return { orders: Number(query("SELECT count(*) AS n FROM orders").n) };
    };
  },
  figures(bytes) {
    const query = connect(bytes);
    return () => {
      query(READ);
      const { orders, buyers, sales, repurchase, cycle } = query(FIGURES);
      return { orders, buyers, sales: Math.round(sales * 100) / 100, repurchase, cycle };
    };
  },
};
