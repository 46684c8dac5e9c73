"""This node's content for anybody: a trustless gateway, and a router that knows only itself."""
