"""How a post is paid out, as its author chose (contracts/types/PostState.sol)."""

from dataclasses import dataclass

NO_CAP = 2**96 - 1
LIQUID_BPS = 5000


@dataclass(frozen=True)
class Options:
    """max_accepted_payout: wei; liquid_bps: share of the author's and beneficiaries' part that is liquid;
    beneficiaries: (account, bps) by rising account."""

    max_accepted_payout: int = NO_CAP
    liquid_bps: int = LIQUID_BPS
    allow_votes: bool = True
    allow_curation_rewards: bool = True
    beneficiaries: tuple[tuple[int, int], ...] = ()

    @property
    def plain(self) -> bool:
        """Whether the chain stores no options beside the post's own slot."""
        return (self.max_accepted_payout, self.liquid_bps, self.beneficiaries) == (
            NO_CAP,
            LIQUID_BPS,
            (),
        )


PLAIN = Options()
