"""Running tasks, and nothing else: an executor never knows what a task does, a task never knows who runs it.

Every task runs in a child process of its own kind (`child`, driven by `crew`), whoever the executor is, so that a
document that crashes, hangs or eats memory ends a child and nothing else. The executors (`local`, `dask`, `ray`) only
decide which process drives the child; `run` submits tasks, hears what became of them and tries again.
"""
