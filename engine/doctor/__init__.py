"""Looking at everything that ftlab stands on: this machine, the database, the hosted services."""
