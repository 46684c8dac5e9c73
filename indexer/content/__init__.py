"""Content named by its digest: documents, the block store, rendering, pictures and fetching."""
