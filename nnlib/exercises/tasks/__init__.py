"""All tasks: a module for each exercise, in the order of its notebook."""

from . import data, drawings, evaluating, layers, losses, project, repair, slopes, training

EXERCISES = {
    "01_load_and_look": data.TASKS,
    "02_the_network": layers.TASKS,
    "03_cost": losses.TASKS,
    "04_backpropagation": slopes.TASKS,
    "05_broken_programs": repair.TASKS,
    "06_training": training.TASKS,
    "07_evaluating": evaluating.TASKS,
    "08_drawings": drawings.TASKS,
    "09_project": project.TASKS,
}
EXERCISES = {name: {task.name: task for task in tasks} for name, tasks in EXERCISES.items()}
TASKS = {name: task for tasks in EXERCISES.values() for name, task in tasks.items()}
