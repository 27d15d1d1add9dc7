"""The only home of Celery: tasks, schedule, sweeps, commands."""
