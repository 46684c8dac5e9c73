"""For whom this server pays the gas: who may make an account, and how much an account may do a day."""
