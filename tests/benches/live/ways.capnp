using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      compatibilityDate = "2026-08-01",
      modules = [(name = "ways.js", esModule = embed "ways.js")],
      bindings = [(name = "HUB", durableObjectNamespace = "Hub")],
      durableObjectNamespaces = [(className = "Hub", uniqueKey = "hub", enableSql = true)],
      durableObjectStorage = (inMemory = void),
    )),
  ],
  sockets = [(name = "http", http = (), service = "main")],
);
