"""What is known beforehand of a training that somebody considers; nothing is recorded here."""
