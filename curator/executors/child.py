"""What runs in a child process: tasks come in on its standard input, answers go out on its standard output.

A message is its length in 8 bytes and a pickle. The first one is the module search path of the parent. This file is run
as a script, before anything of this package can be imported, so it imports the standard library only.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import sys
import threading
import traceback
from typing import Any, BinaryIO

__all__ = ["IDLE", "LENGTH", "WORKER", "main"]

LENGTH = struct.Struct(">Q")
# Set in the environment of child processes: here a process may be ended, its task will be started again.
WORKER = "CURATOR_WORKER"
# The exit code of a child that ended because there was nothing to do for so many seconds.
IDLE = 75
_PATIENCE = 60.0


def main() -> None:
    """Run tasks until the parent closes the pipe or dies, or sends nothing for a while."""
    # Interrupts are the parent's to deal with: it ends its children.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123  (pathlib takes its time to import)
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)  # what libraries print must not get among the answers
    messages: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(incoming, messages), daemon=True).start()
    sys.path[:] = pickle.loads(messages.get())  # noqa: S301  (from our parent)
    while True:
        try:
            message = messages.get(timeout=_PATIENCE)
        except queue.Empty:
            os._exit(IDLE)
        answer = _answer(message)
        outgoing.write(LENGTH.pack(len(answer)) + answer)
        outgoing.flush()


def _listen(stream: BinaryIO, messages: queue.SimpleQueue[bytes]) -> None:
    """Pass on what comes in; when the parent has gone, go too, whatever the task is doing."""
    while len(head := stream.read(LENGTH.size)) == LENGTH.size:
        messages.put(stream.read(LENGTH.unpack(head)[0]))
    os._exit(1)


def _answer(message: bytes) -> bytes:
    """Run a task; return its pickled (answer, error), one of them None."""
    try:
        function, task = pickle.loads(message)  # noqa: S301  (from our parent)
        return pickle.dumps((function(task), None))
    except BaseException as error:  # noqa: BLE001  (whatever it is, it is the parent's to judge)
        return _pickled(error)


def _pickled(error: BaseException) -> bytes:
    told: Any = error
    if not hasattr(error, "exit_code"):  # not one of our own, which say all there is to say: a bug
        error.add_note("in a worker process:\n" + "".join(traceback.format_exception(error)))
    try:
        content = pickle.dumps((None, told))
        pickle.loads(content)  # noqa: S301  (ours; many exceptions can be written and not read)
    except Exception:  # noqa: BLE001
        content = pickle.dumps((None, RuntimeError("".join(traceback.format_exception(error)))))
    return content


if __name__ == "__main__":
    main()
