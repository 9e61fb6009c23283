import { createHandWrittenKeys } from "../../measure/hand-written-keys.js";
import { SCOPE } from "../../measure/scenario.js";
import { serveSlices } from "../../measure/serve-slices.js";

await serveSlices(async () => {
  const { texts, authenticate } = createHandWrittenKeys("hash");
  let turn = 0;
  return {
    async call() {
      const result = await authenticate(texts[turn++ % texts.length] ?? "", [SCOPE]);
      if (!result.ok) throw new Error(`refused with ${result.status}`);
    },
  };
});
