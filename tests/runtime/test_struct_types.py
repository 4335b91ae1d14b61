"""The types of structs are read before threads begin: msgspec cannot do it from two threads at once."""

import subprocess
import sys

PROGRAM = """
import sys, threading, types
import msgspec
from firmware_py.runtime.struct_types import read_all

SOURCE = "import msgspec\\nclass Inner(msgspec.Struct, frozen=True):\\n"
SOURCE += "".join(f"    a{n}: int = 0\\n" for n in range(30))
SOURCE += "class Outer(msgspec.Struct, frozen=True):\\n    one: 'Inner'\\n"
SOURCE += "".join(f"    b{n}: 'tuple[Inner, ...]' = ()\\n" for n in range(20))

def decode(kind, go):
    go.wait()
    msgspec.json.decode(b'{"one": {"a1": 1}, "b3": [{"a5": 3}]}', type=kind)

sys.setswitchinterval(1e-6)
for turn in range(100):
    module = types.ModuleType(f"module{turn}")
    sys.modules[module.__name__] = module
    exec(SOURCE, module.__dict__)
    if sys.argv[1] == "read":
        read_all()
    go = threading.Barrier(8)
    threads = [threading.Thread(target=decode, args=(module.Outer, go)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_eight_threads_that_decode_a_new_type_at_once_live_when_it_was_read_before() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM, "read"], capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
