"""Reading from nodes as they are: limited, forgetful, busy, or away."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.chain.blooms import bits
from indexer.chain.rpc import BadAnswer, NodeUnreachable, Rpc, RpcError, TooManyResults
from indexer.chain.source import SAMPLE, ChainMoved, Header, LogsWithheld, Source
from indexer.content.cid import digest
from indexer.protocol.decode import LAYOUTS, topic
from tests.actors import join
from tests.chain import Chain, deployed_on, free_port, running_anvil
from tests.indexer.faults import Answer, Fault, lied
from tests.indexer.mirrors import Mirror, document, mirror_of
from tests.indexer.proxy import provider, refusal


@pytest.fixture(scope="module")
def lived_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """Three accounts and posts, among three hundred blocks."""
    with running_anvil() as anvil:
        chain = deployed_on(anvil, tmp_path_factory.mktemp("deployments"))
        for name in ("alice", "bob", "carol"):
            (actor,) = join(chain, name)
            chain.relay(actor.post(digest(document(name))))
            anvil.rpc("anvil_mine", hex(100), hex(3))
        yield chain


@pytest.fixture
def long_chain(lived_chain: Chain) -> Iterator[Chain]:
    """That chain, which every test finds again."""
    state = lived_chain.anvil.rpc("evm_snapshot")
    yield lived_chain
    assert lived_chain.anvil.rpc("evm_revert", state)


def test_ranges_shrink_to_what_a_provider_answers(long_chain: Chain, tmp_path: Path) -> None:
    with mirror_of(long_chain, tmp_path / "whole") as mirror:
        mirror.catch_up()
        whole = mirror.dump()
    with (
        provider(long_chain.anvil.url, longest=40) as limited,
        mirror_of(long_chain, tmp_path / "limited", limited.url) as mirror,
    ):
        mirror.catch_up()
        assert mirror.dump() == whole
        assert max(limited.ranges) > 40
        read = sum(n for n in limited.ranges if n <= 40)
        assert read == long_chain.w3.eth.block_number - long_chain.deployment.block + 1


def test_times_are_asked_for_where_logs_lack_them(long_chain: Chain, tmp_path: Path) -> None:
    with mirror_of(long_chain, tmp_path / "whole") as mirror:
        mirror.catch_up()
        whole = mirror.dump()
    with (
        provider(long_chain.anvil.url, strip_times=True) as other,
        mirror_of(long_chain, tmp_path / "other", other.url) as mirror,
    ):
        mirror.catch_up()
        assert mirror.dump() == whole


def test_a_block_too_large_to_be_read_stops_with_the_nodes_words(
    long_chain: Chain, tmp_path: Path
) -> None:
    with (
        provider(long_chain.anvil.url, longest=0) as mean,
        mirror_of(long_chain, tmp_path / "node", mean.url) as mirror,
        pytest.raises(TooManyResults, match="limited to 0"),
    ):
        mirror.catch_up()


def test_a_busy_node_is_asked_again(long_chain: Chain) -> None:
    with provider(long_chain.anvil.url, statuses=[503, 429]) as busy:
        assert Source(Rpc(busy.url), long_chain.deployment.core).lacking() == []
        assert busy.statuses == []


def test_retries_end(long_chain: Chain) -> None:
    with (
        provider(long_chain.anvil.url, statuses=[503] * 10) as busy,
        pytest.raises(NodeUnreachable, match="HTTP 503"),
    ):
        Rpc(busy.url).call(str, "eth_chainId")


def test_a_slow_node_is_given_up(long_chain: Chain) -> None:
    with (
        provider(long_chain.anvil.url, delay=1) as slow,
        pytest.raises(NodeUnreachable, match="in time"),
    ):
        Rpc(slow.url, timeout=0.1).call(str, "eth_chainId")


def test_nobody_there() -> None:
    with pytest.raises(NodeUnreachable, match="cannot be reached"):
        Rpc(f"http://127.0.0.1:{free_port()}").call(str, "eth_chainId")


def test_a_refusal_names_the_call(deployed: Chain) -> None:
    with pytest.raises(RpcError, match="refused eth_nothing"):
        Rpc(deployed.anvil.url).call(str, "eth_nothing")


def test_a_chain_that_moves_under_the_reader_is_noticed(mirror: Mirror) -> None:
    anvil, source = mirror.chain.anvil, mirror.source
    state = anvil.rpc("evm_snapshot")
    anvil.rpc("anvil_mine", hex(5))
    number = mirror.chain.w3.eth.block_number - 3
    head, after = source.head_and(number)
    assert after is not None and source.span(after, head.number, 0).last == head
    anvil.rpc("evm_revert", state)
    with pytest.raises(ChainMoved, match="shorter"):
        source.span(after, head.number, 0)
    anvil.forward(1000)
    anvil.rpc("anvil_mine", hex(5))
    with pytest.raises(ChainMoved, match="does not follow"):
        source.span(after, head.number, 0)


# ---------------------------------------------------------------- lies about logs

TRUE_LIES = {
    Fault.NO_LOGS: (LogsWithheld, "left out logs of block"),
    Fault.BLOCK_WITHHELD: (LogsWithheld, "left out logs of block"),
    Fault.LATE_WITHHELD: (LogsWithheld, "left out logs of block"),
    Fault.OTHER_FORK: (ChainMoved, "was replaced"),
    Fault.OTHER_BLOCK: (BadAnswer, "asked for"),
    Fault.OTHER_CONTRACT: (BadAnswer, "not of our contracts"),
    Fault.DOUBLED: (BadAnswer, "a log twice"),
    Fault.OTHER_TIME: (BadAnswer, "another time"),
    Fault.HALF_A_LOG: (BadAnswer, "a log that is cut short"),
}
ALL, NONE = 0, 10**9  # blocks that may still be reorganised begin here


def source_at(chain: Chain, url: str) -> Source:
    source = Source(Rpc(url), chain.deployment.core, chain.deployment.graph)
    source._range = 10_000
    return source


def ends(chain: Chain, source: Source) -> tuple[Header, int]:
    """The block before the deployment, and the head's number."""
    head, before = source.head_and(chain.deployment.block - 1)
    assert before is not None
    return before, head.number


def lying_once(fault: Fault) -> Callable[[Answer, Answer], Answer]:
    """About the logs of a range; about those of a single block the truth."""

    def lie(call: Answer, answer: Answer) -> Answer:
        if "fromBlock" not in call["params"][0]:
            return answer
        return dict(json.loads(lied(fault, [call], [answer]))[0])

    return lie


@pytest.mark.parametrize("reversible_from", [ALL, NONE], ids=["reversible", "final"])
@pytest.mark.parametrize("fault", TRUE_LIES, ids=lambda fault: fault.name.lower())
def test_lies_about_logs_are_noticed(fault: Fault, reversible_from: int, long_chain: Chain) -> None:
    kind, words = TRUE_LIES[fault]
    with provider(long_chain.anvil.url, lies={"eth_getLogs": lying_once(fault)}) as lying:
        source = source_at(long_chain, lying.url)
        with pytest.raises(kind, match=words):
            source.span(*ends(long_chain, source), reversible_from)
        if issubclass(kind, NodeUnreachable):
            assert source.rpc.errors == {kind.kind: 1}
        lying.lies, source._range = {}, 10_000
        span = source.span(*ends(long_chain, source), reversible_from)
        assert len(span.events) > 6


@pytest.mark.parametrize("part", ["data", "topics", "transactionHash"])
def test_no_word_that_is_cut_short_is_read_as_another(part: str, long_chain: Chain) -> None:
    honest = source_at(long_chain, long_chain.anvil.url)
    many = len(honest.span(*ends(long_chain, honest), ALL).events)
    with provider(long_chain.anvil.url) as lying:
        source = source_at(long_chain, lying.url)
        for number in range(many):
            lying.lies["eth_getLogs"] = cutting(number, part)
            with pytest.raises(BadAnswer, match="cut short"):
                source.span(*ends(long_chain, source), ALL)


def cutting(number: int, part: str) -> Callable[[Answer, Answer], Answer]:
    """Takes the last byte off one log's part."""

    def lie(call: Answer, answer: Answer) -> Answer:
        log = answer["result"][number]
        whole = log[part]
        log[part] = [*whole[:-1], whole[-1][:-2]] if part == "topics" else whole[:-2]
        return answer

    return lie


def test_receipts_are_the_second_opinion(long_chain: Chain) -> None:
    """A node may leave out the logs of a block whenever it is asked for logs."""
    with provider(long_chain.anvil.url) as lying:
        lying.lies["eth_getLogs"] = lambda call, answer: answer | {"result": []}
        source = source_at(long_chain, lying.url)
        with pytest.raises(LogsWithheld):
            source.span(*ends(long_chain, source), ALL)
        assert lying.asked["eth_getBlockReceipts"] == 1


def with_bloom(bloom: str | None) -> Callable[[Answer, Answer], Answer]:
    def lie(call: Answer, answer: Answer) -> Answer:
        answer["result"].pop("logsBloom")
        return answer | {"result": answer["result"] | ({"logsBloom": bloom} if bloom else {})}

    return lie


@pytest.mark.parametrize("bloom", [None, "0x" + "00" * 256, "0x" + "ff" * 256])
def test_a_node_without_blooms_works(bloom: str | None, long_chain: Chain) -> None:
    honest = source_at(long_chain, long_chain.anvil.url)
    with provider(long_chain.anvil.url) as without:
        without.lies["eth_getBlockByNumber"] = with_bloom(bloom)
        source = source_at(long_chain, without.url)
        for reversible_from in (ALL, NONE):
            span = source.span(*ends(long_chain, source), reversible_from)
            assert span == honest.span(*ends(long_chain, honest), reversible_from)
        assert without.asked["eth_getBlockReceipts"] == 0


def a_bloom_of_more(chain: Chain) -> str:
    """With bits of other logs that happen to be ours too."""
    every = bits(chain.deployment.core) | bits(chain.deployment.graph)
    for signature in LAYOUTS:
        every |= bits(topic(signature))
    return f"0x{every:0512x}"


@pytest.mark.parametrize("without", [None, "eth_getBlockReceipts"])
def test_a_bloom_that_says_too_much_stops_nobody(without: str | None, deployed: Chain) -> None:
    deployed.anvil.rpc("anvil_mine", hex(5))
    with provider(deployed.anvil.url) as provided:
        provided.lies["eth_getBlockByNumber"] = with_bloom(a_bloom_of_more(deployed))
        if without:
            provided.lies[without] = lambda call, answer: refusal(call, -32601, "no such method")
        source = source_at(deployed, provided.url)
        span = source.span(*ends(deployed, source), ALL)
        assert span.events == () and len(span.headers) > 5
        asked = provided.asked["eth_getBlockReceipts"]
        assert asked == (1 if without else len(span.headers))


def test_an_empty_answer_about_many_final_blocks_is_sampled(deployed: Chain) -> None:
    """Every block of these has logs, and the node says none has."""
    deployed.anvil.rpc("anvil_mine", hex(1200))
    bloom = f"0x{bits(deployed.deployment.core) | bits(topic('Removed(bytes32)')):0512x}"
    with provider(deployed.anvil.url) as provided:
        source = source_at(deployed, provided.url)
        assert source.span(*ends(deployed, source), NONE).events == ()
        headers = provided.asked["eth_getBlockByNumber"]
        assert SAMPLE / 2 < headers < SAMPLE + 10
        provided.lies["eth_getBlockByNumber"] = with_bloom(bloom)
        source.span(*ends(deployed, source), NONE)
        assert SAMPLE / 2 < provided.asked["eth_getBlockReceipts"] <= SAMPLE + 1


def test_a_node_that_fills_every_final_block_is_asked_for_one_header(deployed: Chain) -> None:
    (alice,) = join(deployed, "alice")
    first = deployed.w3.eth.block_number
    for name in ("One", "Two", "Three"):
        deployed.relay(alice.post(digest(document(name))))
    with provider(deployed.anvil.url) as provided:
        source = source_at(deployed, provided.url)
        head, after = source.head_and(first)
        assert after is not None
        before = provided.asked["eth_getBlockByNumber"]
        assert len(source.span(after, head.number, NONE).events) == 3
        assert provided.asked["eth_getBlockByNumber"] - before == 2  # before and after the logs


def test_a_limit_that_moves_is_learned_again(long_chain: Chain) -> None:
    with provider(long_chain.anvil.url, longest=64) as moving:
        source = source_at(long_chain, moving.url)
        after, head = ends(long_chain, source)

        def longest_read(times: int) -> int:
            return max(
                source.span(after, head, NONE).last.number - after.number for _ in range(times)
            )

        assert 32 < longest_read(10) <= 64
        moving.longest = 7
        assert 3 < longest_read(10) <= 7
        moving.longest = 200
        moving.ranges.clear()
        assert longest_read(60) > 100
        assert max(moving.ranges) <= 250  # no leap over what may be the limit again


def test_a_block_that_the_latest_says_is_there(deployed: Chain) -> None:
    with provider(deployed.anvil.url) as forgetful:
        forgetful.lies["eth_getBlockByNumber"] = lambda call, answer: (
            answer if call["params"][0] == "latest" else answer | {"result": None}
        )
        with pytest.raises(BadAnswer, match="no block 1, and 2 as its latest"):
            source_at(deployed, forgetful.url).head_and(1)


def test_another_block_than_asked_for(deployed: Chain) -> None:
    with provider(deployed.anvil.url) as confused:
        confused.lies["eth_getBlockByNumber"] = lambda call, answer: (
            answer | {"result": answer["result"] | {"number": "0x77"}}
        )
        with pytest.raises(BadAnswer, match="block 119 for block 1"):
            source_at(deployed, confused.url).headers([1])


def test_a_node_that_cuts_long_answers_without_a_word(long_chain: Chain, tmp_path: Path) -> None:
    """Some give the first so many logs of a range, and do not say that there are more."""
    with mirror_of(long_chain, tmp_path / "whole") as mirror:
        mirror.catch_up()
        whole = mirror.dump()
    with provider(long_chain.anvil.url) as short:
        short.lies["eth_getLogs"] = lambda call, answer: answer | {"result": answer["result"][:2]}
        with mirror_of(long_chain, tmp_path / "short", short.url) as mirror:
            withheld = 0
            while mirror.dump() != whole:
                try:
                    mirror.catch_up()
                except LogsWithheld:
                    withheld += 1
            assert 0 < withheld < 30
