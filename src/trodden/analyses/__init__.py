"""One folder for each question that can be asked; found by being here."""
