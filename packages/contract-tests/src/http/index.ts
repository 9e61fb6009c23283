export { type HttpContractOptions, httpContract } from "./http-contract.js";
export type { HttpApp, HttpFramework, HttpRoute, ServedApp } from "./http-framework.js";
