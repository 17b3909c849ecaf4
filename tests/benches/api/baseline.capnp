using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      compatibilityDate = "2026-08-01",
      modules = [(name = "baseline.js", esModule = embed "baseline.js")],
      bindings = [(name = "ANSWERS", fromEnvironment = "ANSWERS")],
    )),
  ],
  sockets = [(name = "http", http = (), service = "main")],
);
