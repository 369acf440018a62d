"""What training a hosted model costs, by dated figures that a user can edit."""
