"""The executor that somebody wishes for, with what it may use."""

from __future__ import annotations

from curator.errors import UsageError
from curator.executors.crew import Limits
from curator.executors.local import LocalPool, processors
from curator.executors.memory import LEAST, database_share, machine_memory, parse_size, readable_size
from curator.executors.model import Pool
from curator.executors.run import Executor
from curator.settings import RunSettings

__all__ = ["chosen_executor", "chosen_workers"]


def chosen_executor(wished: RunSettings) -> Executor:
    """Return the executor of a run.

    Raises:
        UsageError: what it needs is not installed, or the memory is too little for so many workers.
    """
    return Executor(_chosen_pool(wished))


def _chosen_pool(wished: RunSettings) -> Pool:
    if wished.executor == "local":
        workers = chosen_workers(wished)
        memory = parse_size(wished.memory) if wished.memory else None
        database = database_share(memory // workers) if memory else None
        return LocalPool(workers, Limits(memory or machine_memory(), database))
    count = wished.workers if wished.address else chosen_workers(wished)
    limits = _limits_of_one(wished, count)
    if wished.executor == "dask":
        from curator.executors.dask import DaskPool

        return DaskPool(count or None, wished.address, limits)
    from curator.executors.ray import RayPool

    return RayPool(count or None, wished.address, limits)


def chosen_workers(wished: RunSettings) -> int:
    """Return how many tasks run at once: as many as there are processors, where nothing else is wished for.

    Raises:
        UsageError: the memory is too little for so many.
    """
    memory = parse_size(wished.memory) if wished.memory else None
    if memory is not None and memory < LEAST * max(wished.workers, 1):
        need = readable_size(LEAST * max(wished.workers, 1))
        hint = f"give {need} or more" + (", or fewer workers" if wished.workers > 1 else "")
        raise UsageError("a worker needs 0.5 GB", where=f"memory {wished.memory}", hint=hint)
    return wished.workers or min(processors(), memory // LEAST if memory else processors())


def _limits_of_one(wished: RunSettings, workers: int) -> Limits:
    """Return the limits of one worker process of a cluster: its share of what all may use."""
    if not wished.memory:
        return Limits(machine_memory())
    if not workers:
        hint = "--workers says how many tasks share it"
        raise UsageError("a limit for a cluster that runs already", where="memory without workers", hint=hint)
    share = parse_size(wished.memory) // workers
    return Limits(share, database_share(share))
