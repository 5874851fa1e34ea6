"""What the pages people look at are made of: the page itself, the documents on it, and what was removed from them."""
