// The official Node SDK's constructEvent of one event after the other.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [calls] = process.argv.slice(2);
const Stripe = createRequire(process.env.BENCH_NODE_MODULES + "/x")("stripe");
const { webhooks } = new Stripe("sk_test_" + "0".repeat(24));
const secret = "whsec_bench_4f1cd7feda9826e746b7d482";
const payload = readFileSync("bench/event.json", "utf8");
const header = webhooks.generateTestHeaderString({ payload, secret });

function run(n) {
  for (let i = 0; i < n; i++) webhooks.constructEvent(payload, header, secret);
}

run(5000);
const wall = process.hrtime.bigint(), cpu = process.cpuUsage();
run(Number(calls));
const used = process.cpuUsage(cpu), took = process.hrtime.bigint() - wall;
console.log((Number(took) / 1e9).toFixed(6), ((used.user + used.system) / 1e6).toFixed(6));
