"""The model server: an OpenAI-compatible HTTP API over models on this machine."""
