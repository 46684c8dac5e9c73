"""What the contracts say and take: events, packed words, signed actions, view calls, and where they are deployed."""
