"""From a file that a person has to a dataset that a model is trained with.

`examples.read_examples` opens a file of any known format and shape and gives its examples one at a
time; `canonical.canonical_line` writes them; `splitting.assign` divides them. The formats' readers
stand in `reading.READERS`, the shapes in `shapes.SHAPES`.
"""
