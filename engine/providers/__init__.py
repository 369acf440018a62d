"""Where jobs run: each module speaks one provider's language behind the same protocol."""
