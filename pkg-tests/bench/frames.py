"""`frames.py pandas|polars figures FILE SECONDS`: the same as run.mjs, in Python. Exits with 3 where the library is not there."""
import io, json, resource, sys, time

who, _, file, seconds = sys.argv[1:5]
try:
    library = __import__(who)
except ImportError:
    sys.exit(3)
data = open(file, "rb").read()
BUYER, PAID, STATE, AMOUNT = "买家会员名", "订单付款时间", "订单状态", "买家实际支付金额"


def pandas(pd):
    rows = pd.read_csv(io.BytesIO(data), usecols=[BUYER, PAID, STATE, AMOUNT], dtype={BUYER: "string", PAID: "string", STATE: "string"})
    rows = rows[rows[PAID].notna() & (rows[STATE] != "交易关闭")]
    rows = rows.assign(day=pd.to_datetime(rows[PAID], format="%Y-%m-%d %H:%M:%S").dt.normalize())
    days = rows.groupby(BUYER)["day"].agg(["nunique", "min", "max"])
    back = days[days["nunique"] > 1]
    cycle = ((back["max"] - back["min"]).dt.days / (back["nunique"] - 1)).mean()
    return len(rows), len(days), rows[AMOUNT].sum(), len(back) / len(days), cycle


def polars(pl):
    rows = pl.read_csv(io.BytesIO(data), columns=[BUYER, PAID, STATE, AMOUNT], schema_overrides={PAID: pl.String})
    rows = rows.filter(pl.col(PAID).is_not_null() & (pl.col(PAID) != "") & (pl.col(STATE) != "交易关闭"))
    rows = rows.with_columns(day=pl.col(PAID).str.to_datetime("%Y-%m-%d %H:%M:%S").dt.date())
    days = rows.group_by(BUYER).agg(n=pl.col("day").n_unique(), span=(pl.col("day").max() - pl.col("day").min()).dt.total_days())
    back = days.filter(pl.col("n") > 1)
    cycle = back.select((pl.col("span") / (pl.col("n") - 1)).mean()).item()
    return len(rows), len(days), rows[AMOUNT].sum(), len(back) / len(days), cycle


times, cpu, start = [], [], time.perf_counter()
while len(times) < 3 or time.perf_counter() - start < float(seconds):
    begun, used = time.perf_counter(), time.process_time()
    orders, buyers, sales, repurchase, cycle = {"pandas": pandas, "polars": polars}[who](library)
    times.append((time.perf_counter() - begun) * 1000)
    cpu.append((time.process_time() - used) * 1000)
result = {"orders": orders, "buyers": buyers, "sales": round(sales, 2), "repurchase": repurchase, "cycle": cycle}
print(json.dumps({"ms": times, "cpu": cpu, "result": result, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
