"""`laurel doctor`: looks at every part of a node, and says what is wrong with it and how to mend it."""
