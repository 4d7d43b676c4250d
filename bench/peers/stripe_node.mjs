// The official Node SDK, so many calls at once.
import { createRequire } from "node:module";

const [url, , calls, wide] = process.argv.slice(2);
const Stripe = createRequire(process.env.BENCH_NODE_MODULES + "/x")("stripe");
const { protocol, hostname, port, pathname } = new URL(url);
const stripe = new Stripe("sk_test_" + "0".repeat(24), {
  protocol: protocol.slice(0, -1), host: hostname, port, telemetry: false,
});
const id = pathname.split("/").pop();

async function run(n) {
  let left = n;
  const worker = async () => {
    while (left-- > 0) await stripe.climate.orders.retrieve(id);
  };
  await Promise.all(Array.from({ length: Number(wide) }, worker));
}

await run(Math.max(200, Number(wide)));
const wall = process.hrtime.bigint(), cpu = process.cpuUsage();
await run(Number(calls));
const used = process.cpuUsage(cpu), took = process.hrtime.bigint() - wall;
console.log((Number(took) / 1e9).toFixed(6), ((used.user + used.system) / 1e6).toFixed(6));
process.exit(0);
