// Loads the page's WebAssembly. Its file names carry a hash, so they are told by the document, not written here.
const { js, wasm } = document.getElementById("boot").dataset;
// Leptos looks for these when it hydrates; this page streams nothing, so all three are empty.
Object.assign(globalThis, { __RESOLVED_RESOURCES: [], __SERIALIZED_ERRORS: [], __INCOMPLETE_CHUNKS: [] });
const { default: init } = await import(new URL(js, document.baseURI).href);
await init({ module_or_path: new URL(wasm, document.baseURI) });
