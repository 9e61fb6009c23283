import { nodeTransport } from "@tenon/transport-node";

export const transport = nodeTransport({
  privateRanges: ["10.20.0.0/16"],
  ports: [443, [8000, 8999]],
});

transport.check("https://10.20.0.7:8443/hook"); // { ok: true }
transport.check("https://10.30.0.7:8443/hook"); // { ok: false, reason: … }
