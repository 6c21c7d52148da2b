// The heap of each module on 32-bit words as on the dongle: the WebAssembly build of MicroPython,
// run by node. tools/size.py calls it.
//
// Standard input: {"tree": folder, "fakes": {path: source}, "standIns": {path in tree: source},
//   "modules": [name, ...], "then": {"name", "source"}, "rest": [{"name", "source"}, ...]}; a stand-in replaces
//   an .mpy that this machine cannot load. `then` is run between the modules and the rest.
// Standard output: one JSON object per line: {"name": ..., "heap": bytes} in the same order, or with
//   "error": traceback instead; at the end {"loaded": [name, ...], "names": text, "allNames": text}: the modules that were there
//   after `then`, and what micropython.qstr_info() said of the names in the heap then and at the end.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";

const ask = JSON.parse(readFileSync(0, "utf8"));
const said = [];
const mp = await loadMicroPython({
  heapsize: 1024 * 1024,
  linebuffer: true,
  stdout: (line) => said.push(line),
});

function put(path, content) {
  const parts = path.split("/").slice(1, -1);
  let folder = "";
  for (const part of parts) {
    folder += `/${part}`;
    if (!mp.FS.analyzePath(folder).exists) mp.FS.mkdir(folder);
  }
  mp.FS.writeFile(path, content);
}

function copy(from, to) {
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    if (statSync(path).isDirectory()) copy(path, posix.join(to, name));
    else put(posix.join(to, name), readFileSync(path));
  }
}

copy(ask.tree, "/tree");
for (const [path, source] of Object.entries(ask.fakes)) put(posix.join("/fakes", path), source);
for (const [path, source] of Object.entries(ask.standIns)) {
  if (mp.FS.analyzePath(posix.join("/tree", path)).exists) mp.FS.unlink(posix.join("/tree", path));
  put(posix.join("/tree", path.replace(/\.mpy$/, ".py")), source);
}

mp.runPython(`
import gc, os, sys
sys.path[:] = ["", "/tree", "/tree/lib", ".frozen", "/fakes"]
os.chdir("/tree")
`);

function heap() {
  // This port only collects once it is back in JavaScript: the call asks for it, the return does it.
  mp.runPython("gc.collect()");
  mp.runPython("_heap = gc.mem_alloc()");
  return mp.globals.get("_heap");
}

let before = 0;

function measure(name, source) {
  try {
    mp.runPython(source);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ name, error: error.message.trim() })}\n`);
    return;
  }
  const after = heap();
  process.stdout.write(`${JSON.stringify({ name, heap: after - before })}\n`);
  before = after;
}

heap();
measure("interpreter", "pass");
const load = (name) => measure(name, `__import__(${JSON.stringify(name)})`);
ask.modules.forEach(load);
measure(ask.then.name, ask.then.source);
mp.runPython("_loaded = ' '.join(sys.modules)");
const loaded = mp.globals.get("_loaded").split(" ");
mp.runPython("import micropython; micropython.qstr_info()");
const names = said.at(-1);
for (const one of ask.rest) measure(one.name, one.source);
mp.runPython("micropython.qstr_info()");
process.stdout.write(`${JSON.stringify({ loaded, names, allNames: said.at(-1) })}\n`);
