"""What acts: commands come in here, events go out to the store.

`engine.lab.Lab` is the one facade for the command line, the terminal UI and servers. Packages that
take long to load (torch, transformers, openai, SQLModel) are imported where they are used.
"""
