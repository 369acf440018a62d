"""What a model, a trainer or a provider would object to in a dataset, or a person should know.

rules.py                        every rule there is, with what it says
messages.py, contents.py,       the rules of one row, for chat, preference and
calls.py, order.py,             prompt/completion examples
preferences.py, completions.py
texts.py                        what is wrong with a text, wherever it stands
rows.py                         one row by all its rules, plain rows the fast way
personal.py                     the rules for keys and personal data
fingerprints.py                 hashes by which examples and prompts are found again
batch.py                        a batch of rows: findings, tokens and traits, in any process
dataset.py, languages.py        the rules of a dataset as a whole
near.py                         what is nearly the same, which takes a reading of its own
models.py                       the rules for the model that is to be trained
report.py, run.py               all of it together: `run.check`
"""
