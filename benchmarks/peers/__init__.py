"""Those who are measured, a file each: ``prepare(problem, configuration)`` makes the work."""
