export { github } from "./github.js";
export { shopify } from "./shopify.js";
export { slack } from "./slack.js";
export { stripe } from "./stripe.js";
