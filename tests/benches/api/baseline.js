// What a reader could get at best from this runtime: constants of the sizes and types that the worker answers with.
let answers;

export default {
  fetch(request, env) {
    answers ??= new Map(
      Object.entries(JSON.parse(env.ANSWERS)).map(([path, { size, type }]) => {
        const headers = { "content-type": type, etag: `"${size}"`, "cache-control": "no-cache" };
        return [path, { body: new Uint8Array(size).fill(120), etag: headers.etag, headers }];
      }),
    );
    const { body, etag, headers } = answers.get(new URL(request.url).pathname);
    if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    return new Response(body, { headers });
  },
};
