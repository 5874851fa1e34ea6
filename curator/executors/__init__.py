"""Running tasks, and nothing else: an executor never knows what a task does, a task never knows who runs it."""
