import { interleave, startContestant } from "../measure/interleave.js";
import { callsPerCpuSecond, type Slice } from "../measure/slice.js";
import { compare, type Row } from "../report/row.js";

const SIZES = [
  { bytes: 200, name: "200 B" },
  { bytes: 1000, name: "1 kB" },
  { bytes: 20_000, name: "20 kB" },
];

/** How fast a webhook is signed and verified, beside the same by hand and by other packages. */
export async function measureSigning(rounds: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { bytes, name } of SIZES) {
    const start = (contestant: string) =>
      startContestant(`webhooks/contestants/sign-${contestant}`, { BENCH_BYTES: String(bytes) });
    const slices = await interleave(
      {
        tenon: await start("tenon"),
        bare: await start("node-crypto"),
        standardwebhooks: await start("standardwebhooks"),
        svix: await start("svix"),
        stripe: await start("stripe"),
        web: await start("tenon-web"),
        subtle: await start("subtle"),
      },
      { rounds, sliceMs: 300 },
    );
    const row = (
      what: string,
      against: string,
      pair: { readonly ours: readonly Slice[]; readonly theirs: readonly Slice[]; readonly target: number },
    ) =>
      compare({
        what,
        against,
        unit: "calls per CPU second",
        ours: pair.ours.map(callsPerCpuSecond),
        theirs: pair.theirs.map(callsPerCpuSecond),
        target: pair.target,
      });
    const what = `sign and verify ${name}`;
    const { tenon, bare, standardwebhooks, svix, stripe, web, subtle } = slices;
    rows.push(
      row(what, "node:crypto by hand", { ours: tenon, theirs: bare, target: 0.9 }),
      row(what, "standardwebhooks", { ours: tenon, theirs: standardwebhooks, target: 3 }),
      row(what, "svix", { ours: tenon, theirs: svix, target: 3 }),
      row(what, "stripe", { ours: tenon, theirs: stripe, target: 1 }),
      row(`${what}, WebCrypto`, "crypto.subtle by hand", { ours: web, theirs: subtle, target: 0.85 }),
    );
  }
  return rows;
}
