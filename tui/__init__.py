"""What a person sees in a terminal: the commands and the full-screen app.

Reads through `store.queries`, acts through `engine.lab.Lab`, holds no SQL and no provider code.
"""
