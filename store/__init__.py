"""The memory of ftlab: an append-only event log in SQLite and the read models folded from it.

Reading modules (`database`, `queries`, `blobs`) need the standard library alone, so that a
dashboard opens at once. Writing modules (`events`, `log`, `projections`, `tables`) also load
pydantic and SQLModel. Nothing here imports another part of ftlab.
"""
