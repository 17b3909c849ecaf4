using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      compatibilityDate = "2026-08-01",
      modules = [
        (name = "worst.js", esModule = embed "worst.js"),
        (name = "index.js", esModule = embed "index.js"),
        (name = "index_bg.wasm", wasm = embed "index_bg.wasm"),
      ],
    )),
  ],
  sockets = [(name = "http", http = (), service = "main")],
);
