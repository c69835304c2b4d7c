"""People who sign in: accounts, roles in a workspace, sessions, two factors, the first of them."""
