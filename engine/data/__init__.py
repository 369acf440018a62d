"""From whatever file a person has to a dataset version that a model is trained with.

    reading/    rows out of files of any known format
    shapes/     rows into examples of one shape, and back out into others
    cleaning/   recipes of named steps that mend examples or leave them out
    tokens/     what examples come to in tokens
    checking/   what a model or a provider would object to
    versions/   dataset versions: recorded, cleaned, divided, merged, sampled, compared
    exporting/  versions back out into files of other shapes

Everything streams: a row is read, converted, cleaned and written before the next batch is, and
`parallel` spreads that over all cores. A wrong row is a value with its place and reason, not an
exception; only what makes a whole file useless is raised.
"""
