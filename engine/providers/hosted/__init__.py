"""Hosted services that speak OpenAI's fine-tuning API."""
