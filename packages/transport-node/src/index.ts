export { type NodeTransport, nodeTransport } from "./node-transport.js";
export type { NodeTransportConfig } from "./transport-config.js";
