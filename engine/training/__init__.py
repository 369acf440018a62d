"""The local training process: a process of its own, which owns one run folder and nothing else.

`engine.training.worker` is what runs; whoever starts it talks to it through the files named in
`engine.training.layout`. Nothing here knows of the log.
"""
