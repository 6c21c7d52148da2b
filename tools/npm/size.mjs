// The heap of each module on 32-bit words as on the dongle: the WebAssembly build of MicroPython,
// run by node. tools/size.py calls it.
//
// Standard input: {"tree": folder, "fakes": {path: source}, "modules": [name, ...], "after": source}
// Standard output: one JSON object per line: {"name": ..., "heap": bytes} in the same order.
// `after`, when given, is run last and counted under the name "after".
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";

const ask = JSON.parse(readFileSync(0, "utf8"));
const mp = await loadMicroPython({
  heapsize: 1024 * 1024,
  linebuffer: true,
  stdout: (line) => process.stdout.write(`${line}\n`),
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

// One helper, made before the first measurement, so that it does not count itself.
mp.runPython(`
import gc, json, os, sys
sys.path[:] = ["", "/tree", "/tree/lib", ".frozen", "/fakes"]
os.chdir("/tree")
def _measure(name, do):
    gc.collect()
    before = gc.mem_alloc()
    do()
    gc.collect()
    print(json.dumps({"name": name, "heap": gc.mem_alloc() - before}))
gc.collect()
print(json.dumps({"name": "interpreter", "heap": gc.mem_alloc()}))
`);
for (const name of ask.modules) {
  mp.runPython(`_measure(${JSON.stringify(name)}, lambda: __import__(${JSON.stringify(name)}))`);
}
if (ask.after) {
  mp.runPython(ask.after);
  mp.runPython(`_measure("after", after)`);
}
