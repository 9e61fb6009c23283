import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { onTestFinished } from "vitest";

const A = 1;
const AAAA = 28;

/** A name server on this machine that knows `names`, says "no such name" to others, and never answers for `silent`. */
export async function dnsServer(
  names: Readonly<Record<string, readonly string[]>>,
  silent: readonly string[] = [],
): Promise<string> {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const { name, type, end } = readQuestion(query);
    if (silent.includes(name)) return;
    const wanted = (names[name] ?? []).filter((address) => (isIPv6(address) ? AAAA : A) === type);
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(name in names ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(wanted.length, 6);
    header.writeUInt16BE(0, 10);
    const records = wanted.map((address) => answer(type, bytesOf(address)));
    socket.send(Buffer.concat([header, query.subarray(12, end), ...records]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  onTestFinished(() => void socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

function readQuestion(query: Buffer) {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** A record that points back at the question's name, class IN, for a minute. */
function answer(type: number, data: Buffer): Buffer {
  const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]);
  return Buffer.concat([record, data]);
}

function bytesOf(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail = ""] = address.split("::");
  const hextets = (text: string) => text.split(":").filter((part) => part !== "");
  const zeros = Array(8 - hextets(head).length - hextets(tail).length).fill("0");
  const all = address.includes("::") ? [...hextets(head), ...zeros, ...hextets(tail)] : hextets(address);
  return Buffer.from(all.map((part) => part.padStart(4, "0")).join(""), "hex");
}
