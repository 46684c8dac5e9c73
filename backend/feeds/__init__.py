"""Lists of posts: hot, trending and new, as pages, as JSON and as Atom."""
