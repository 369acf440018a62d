"""Recipes of named steps that mend examples or leave them out, and say what they did.

    steps.py, recipe.py       the steps there are, and the choice of them that a person writes
    cleaner.py                a recipe at work on one example, in any process
    duplicates.py             the steps that have to see all examples, in order
    running.py                a recipe over a stream of examples, on all cores and in order
    counting.py               how many examples and texts each step changed or dropped
    preview.py                what a recipe would do to the first examples
    near.py, index.py         keys of examples that find near duplicates, and the index of them
    secrets.py                API keys and personal data: found, shown masked, replaced

The other modules hold one step or two each. No step drops an example silently: what is dropped has
a step to its name, and is counted.
"""
