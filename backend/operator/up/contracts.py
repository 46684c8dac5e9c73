"""How the contracts come onto the chain of a node that `laurel up` runs."""

from collections.abc import Callable
from pathlib import Path

from backend.deployment.deploy import LOCAL, Parameters
from backend.deployment.offer import Offer, offer
from backend.local.chains import forget
from backend.local.setup import deploy_locally, is_gone
from indexer.protocol.deployment import Deployment
from indexer.settings import Settings

Say = Callable[[str], None]


def kept(settings: Settings, parameters: Parameters = LOCAL) -> Callable[[Say], Deployment]:
    """On a chain that this machine has for itself."""
    return lambda say: deploy_locally(settings, say, parameters)


def local(settings: Settings) -> Callable[[Say], Deployment]:
    """On a development chain that runs elsewhere, and may have been begun anew since the last time."""

    def deployed(say: Say) -> Deployment:
        if is_gone(settings):
            forget(settings.home)
            say("this chain is a new one: the mirror begins anew")
        return deploy_locally(settings, say)

    return deployed


def public(
    settings: Settings, key_file: Path | None, passphrase_file: Path | None
) -> Callable[[Say], Deployment]:
    """On a chain of other people's: as recorded, or put there with a key, once somebody has said yes to it."""

    def deployed(say: Say) -> Deployment:
        asked = Offer(settings.rpc, settings.deployments, key_file, passphrase_file)
        return offer(asked, lambda line: say(f"\n{line}"))

    return deployed
