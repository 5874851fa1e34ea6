"""Finding the article: bytes to characters, pages to text."""
