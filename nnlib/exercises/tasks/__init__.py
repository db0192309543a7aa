"""All exercises, in their order: the module `e03_cost` is the exercise of the notebook `03_cost`.

To add an exercise, add its module, with an `exercise = Exercise()` in it.
"""

import importlib
import pkgutil

_NAMES = sorted(module.name for module in pkgutil.iter_modules(__path__))
_ALL = {name.removeprefix("e"): importlib.import_module(f"{__name__}.{name}").exercise for name in _NAMES}

EXERCISES = {name: exercise.tasks for name, exercise in _ALL.items()}  # {"03_cost": {name of a task: Task}}
TASKS = {name: task for tasks in EXERCISES.values() for name, task in tasks.items()}
QUESTIONS = {name: question for exercise in _ALL.values() for name, question in exercise.questions.items()}
