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
    """Deploys, when called, on a chain that `laurel up` starts itself."""
    return lambda say: deploy_locally(settings, say, parameters)


def local(settings: Settings) -> Callable[[Say], Deployment]:
    """Deploys, when called, on a development chain that runs elsewhere. If that has begun anew since the last time,
    what the node keeps of the former chain is removed first."""

    def deployed(say: Say) -> Deployment:
        if is_gone(settings):
            forget(settings.home)
            say("this chain is a new one: the mirror begins anew")
        return deploy_locally(settings, say)

    return deployed


def public(
    settings: Settings, key_file: Path | None, passphrase_file: Path | None
) -> Callable[[Say], Deployment]:
    """Finds, when called, the recorded contracts of a public chain, or deploys them once the user agrees."""

    def deployed(say: Say) -> Deployment:
        asked = Offer(settings.rpc, settings.deployments, key_file, passphrase_file)
        return offer(asked, lambda line: say(f"\n{line}"))

    return deployed
