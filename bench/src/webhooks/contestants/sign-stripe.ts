import Stripe from "stripe";
import { SECRET, serveSigning } from "../serve-signing.js";

const { webhooks } = new Stripe("sk_test_bench");

await serveSigning((_, payload) => {
  const header = webhooks.generateTestHeaderString({ payload, secret: SECRET });
  return webhooks.constructEvent(payload, header, SECRET);
});
