import fc from "fast-check";

/** How many cases each property gets: enough for every change, and many more at night. */
export const FUZZ_RUNS = Number(process.env.TENON_FUZZ_RUNS ?? 10_000);

/** How long a property may take, on a busy machine. */
export const FUZZ_TIMEOUT_MS = 60_000 + FUZZ_RUNS * 10;

const MOST_CHARACTERS = 10_000;

/** Characters that look like ones that keys, addresses and headers are made of, and ones that end or split them. */
const LOOK_ALIKES = [
  ..."аеорсѕіⅼＡａ０１２＿‗．։∶٠١٢𝟎𝟏ⅰ⁄∕，\u200b\u00ad\ufeff\u202e\u0000\t\n\r\u2028 ,;:%/[]_-.+=\\\"'",
];

/** Up to 10,000 characters of anything: printable, binary, half surrogate pairs, look-alikes, and one piece over and over. */
export const hostileText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...LOOK_ALIKES) }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 20 }), fc.nat(MOST_CHARACTERS))
    .map(([piece, length]) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)),
);

/** A text with one place changed: replaced, doubled, left out, or with something put in. */
export function mutationsOf(text: string): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.nat(text.length),
      fc.nat(3),
      fc.oneof(
        fc.constantFrom(...LOOK_ALIKES),
        fc.string({ minLength: 0, maxLength: 3 }),
        fc.constantFrom("0", "a", "Z"),
      ),
    )
    .map(([at, cut, inserted]) => text.slice(0, at) + inserted + text.slice(at + cut));
}
