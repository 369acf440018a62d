"""The questions that screens and commands ask, one function each, with typed answers.

They speak plain SQL on a `sqlite3` connection that only reads (`Database.reader`, or a past state
from `store.past`), and load nothing but the standard library.
"""
