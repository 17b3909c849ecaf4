// The worker's entry point: hands events to the generated glue, and starts over after a panic.
//
// A panic leaves the WebAssembly memory as it was at that moment: a borrowed cell stays borrowed, and what was waited
// for never comes. So whoever waits is told at once (an alarm that hung would never ring again; one that fails does),
// and the next event gets a new instance. What is stored is not touched.
import * as worker from "./index.js";

// `criticalError` is set by the panic hook of the `worker` crate; `instanceId` counts the instances.
const state = worker.__worker_init_state();
const waiting = new Set();
let isBroken = false;
Object.defineProperty(state, "criticalError", {
  get: () => isBroken,
  set(value) {
    isBroken = value;
    if (!value) return;
    const error = new Error("a panic ended the worker's WebAssembly instance");
    for (const fail of waiting) fail(error);
    waiting.clear();
  },
});

function note(error) {
  if (error instanceof WebAssembly.RuntimeError) state.criticalError = true;
}

// A trap inside a task is thrown at nobody.
addEventListener("error", (event) => note(event.error));

async function guarded(call) {
  if (isBroken) {
    console.warn("starting a new WebAssembly instance after a panic");
    worker.__wbg_reset_state();
    state.criticalError = false;
    state.instanceId += 1;
  }
  let fail;
  const broken = new Promise((_, reject) => waiting.add((fail = reject)));
  try {
    return await Promise.race([call(), broken]);
  } catch (error) {
    note(error);
    throw error;
  } finally {
    waiting.delete(fail);
  }
}

// Gives a Durable Object of the old instance a successor in the new one.
function durable(name) {
  return class {
    constructor(...args) {
      this.args = args;
    }
    inner() {
      if (this.id !== state.instanceId) {
        this.object = new worker[name](...this.args);
        this.id = state.instanceId;
      }
      return this.object;
    }
    fetch(request) {
      return guarded(() => this.inner().fetch(request));
    }
    alarm(info) {
      return guarded(() => this.inner().alarm(info));
    }
  };
}

export const TargetObject = durable("TargetObject");
export const DirectoryObject = durable("DirectoryObject");

// An answer that is kept needs no promise; a trap there is like any other.
function kept(request) {
  if (isBroken) return;
  try {
    return worker.kept(request);
  } catch (error) {
    note(error);
  }
}

export default {
  fetch: (request, env, context) => kept(request) ?? guarded(() => worker.fetch(request, env, context)),
  scheduled: (event, env, context) => guarded(() => worker.scheduled(event, env, context)),
};
