"""Who somebody is: accounts, their keys, challenges and sessions."""
