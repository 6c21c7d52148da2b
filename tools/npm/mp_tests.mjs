// The tests of lib/ on 32-bit words as on the dongle: host_tests/mp_runner.py in the WebAssembly build
// of MicroPython, run by node. `make test-words` calls it. Small integers have 31 bits there, all
// above is another kind of object, and the clock's ticks wrap at 2^30.
//
// Arguments: files or folders below host_tests/lib; without any all of it but test_damage.py, which counts
// heap: this build collects only once it is back in JavaScript. Exit code 1 when a test failed.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
let last = "";
const mp = await loadMicroPython({
  heapsize: 8 * 1024 * 1024,
  linebuffer: true,
  stdout: (line) => {
    last = line;
    console.log(line);
  },
});

function copy(from, to) {
  if (!mp.FS.analyzePath(to).exists) mp.FS.mkdir(to);
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    const target = posix.join(to, name);
    if (statSync(path).isDirectory()) {
      if (name !== "__pycache__") copy(path, target);
    } else if (name !== "test_damage.py") mp.FS.writeFile(target, readFileSync(path));
  }
}

if (!mp.FS.analyzePath("/host_tests").exists) mp.FS.mkdir("/host_tests");
for (const folder of ["lib", "firmware", "host_tests/lib", "host_tests/vectors", "host_tests/mp32"]) {
  copy(join(root, folder), `/${folder}`);
}
const names = JSON.stringify(process.argv.length > 2 ? process.argv.slice(2) : ["host_tests/lib"]);
try {
  mp.runPython(`
import os, sys
os.chdir("/")
sys.path[:] = ["", "/lib", "/firmware", "/host_tests/lib", "/host_tests/mp32", ".frozen"]
sys.argv[:] = ["mp_runner.py"] + ${names}
assert sys.maxsize == 0x7fffffff
`);
  mp.runPython(readFileSync(join(root, "host_tests", "mp_runner.py"), "utf8"));
} catch (error) {
  if (!error.message.includes("SystemExit")) throw error;
}
process.exit(/^[1-9]\d* passed, 0 failed$/.test(last) ? 0 : 1);
