"""Posts and comments: their pages, their threads, their payouts and their words."""
