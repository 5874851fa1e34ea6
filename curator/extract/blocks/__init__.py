"""The blocks of a page: a model that says which of them are the article's, on top of other extractors' votes."""
