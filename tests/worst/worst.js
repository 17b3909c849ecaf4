// Does one work as often as asked for; who asks takes the time. An isolate's own clock stands still meanwhile.
import { run } from "./index.js";

export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const bytes = new Uint8Array(await request.arrayBuffer());
    let outcome = "0 nothing";
    for (let left = Number(searchParams.get("n")); left > 0; left -= 1) outcome = run(searchParams.get("kind"), bytes);
    return new Response(outcome);
  },
};
