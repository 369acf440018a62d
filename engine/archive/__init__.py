"""Archives: everything of a selection as open files, and back.

An archive is a tar file, packed or not, of plain files that need no ftlab to read. Its first member
is the manifest, which names every other with its size and SHA-256; the second says in words what
everything is (`engine.archive.readme`); the third is the events, from which an import makes this
lab know what the other one knew. All others are made of these, or are contents that they name.

The same lab and the same selection give the same bytes.
"""
