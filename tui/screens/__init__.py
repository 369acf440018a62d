"""What fills the terminal: the jobs, a chat, the models, and the dialogs over them."""
