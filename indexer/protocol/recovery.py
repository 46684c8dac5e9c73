"""Who may recover an account: a change takes effect later (contracts/extension/Recovery.sol)."""


def recovery_at(
    recovery: int, next_recovery: int, effective_at: int, now: int
) -> tuple[int, int, int]:
    """The recovery account at the moment `now`, the next one, and when it follows (seconds): as the view
    `recoveryOf` returns them. 0 for none.

    The first three parameters are an account's columns `recovery`, `next_recovery` and `recovery_at`.
    """
    if effective_at == 0 or now >= effective_at:
        return (next_recovery if effective_at else recovery), 0, 0
    return recovery, next_recovery, effective_at
