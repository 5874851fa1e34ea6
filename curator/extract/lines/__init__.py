"""Finding the article among the lines of a whole-page text: menus above, lists below, the story between."""
