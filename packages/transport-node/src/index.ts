export type { NodeTransportConfig, ProxyConfig } from "./config/transport-config.js";
export { type NodeTransport, nodeTransport } from "./node-transport.js";
