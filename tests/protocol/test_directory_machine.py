"""Any interleaving of statements: the directory says what a plain list of what was said says; the rest is refused."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from phoenix_protocol import limits, merkle
from phoenix_protocol.directory.statements import BY_TYPE, EndReason, Standing
from phoenix_protocol.identifiers import Address, AgencyId, EndpointId, ObjectHash, Seconds
from phoenix_protocol.signed import Message, Signed, read_unverified, sign
from phoenix_protocol.suite import DocumentPrivateKey
from tests.protocol import quillmere
from tests.protocol.quillmere import COUNCIL, DAY, FOUNDED, NOW, POLICE, KeyHolder
from tests.protocol.quillmere_changes import Changes, observed, refusal

HERE = quillmere.founded()
AGENCIES = (COUNCIL, POLICE, AgencyId("thorncliffe-academy"), AgencyId("brook-surgery"))
LOCALS = ("mash", "front.door", "records")


@dataclass
class Said:
    """What was said of an endpoint: (begins, label of its document key) in order, and when it ended."""

    agency: AgencyId
    address: Address
    keys: list[tuple[int, str]]
    ends: int | None = None

    def key_at(self, at: int) -> str | None:
        begun = [label for begins, label in self.keys if begins <= at]
        gone = self.ends is not None and self.ends <= at
        return None if gone or not begun else begun[-1]

    def speaks_at(self, at: int) -> str:
        begun = [label for begins, label in self.keys if begins <= at]
        return begun[-1] if begun else self.keys[0][1]


@dataclass
class Model:
    """What was said so far, without hashes or signatures."""

    governance: list[str]
    version: int = 1
    standing: dict[AgencyId, str] = field(default_factory=dict)
    roots: dict[AgencyId, list[str]] = field(default_factory=dict)
    managers: dict[AgencyId, list[str]] = field(default_factory=dict)
    endpoints: dict[EndpointId, Said] = field(default_factory=dict)


def labels(prefix: str, count: int) -> list[str]:
    return [f"{prefix} {n}" for n in range(count)]


def holders(of: list[str]) -> list[KeyHolder]:
    return [quillmere.key_holder(label) for label in of]


def keys(of: list[str]) -> list[DocumentPrivateKey]:
    return [quillmere.document_key(label) for label in of]


class DirectoryMachine(RuleBasedStateMachine):
    """Says things, right and wrong, to one directory and its earlier selves."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = HERE.directory
        self.clock = NOW
        self.made = 0
        self.model = Model(governance=[f"governance {n}" for n in (1, 2)])
        for agency in (COUNCIL, POLICE, quillmere.HEALTH):
            self.model.standing[agency] = "active"
            self.model.roots[agency] = [f"root {n} of {agency}" for n in (1, 2)]
            self.model.managers[agency] = [f"manager {n} of {agency}" for n in (1, 2)]
        #: The model and what the directory said, for every size that this run has seen.
        self.past = {self.directory.size: (copy.deepcopy(self.model), observed(self.directory))}
        self.last: tuple[Message, list[DocumentPrivateKey]] | None = None

    @property
    def changes(self) -> Changes:
        return Changes(HERE, self.directory)

    def fresh(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix} {self.made}"

    def say(self, message: Message, signers: list[DocumentPrivateKey]) -> Signed:
        """Say something right: it is admitted, and no earlier directory hears of it."""
        before, seen = self.directory, observed(self.directory)
        signed = sign(message, signers)
        self.directory = before.admit(signed.encoded())
        assert observed(before) == seen
        self.last = (message, signers)
        return signed

    def remember(self) -> None:
        self.past = {size: kept for size, kept in self.past.items() if size < self.directory.size}
        self.past[self.directory.size] = (copy.deepcopy(self.model), observed(self.directory))

    def wrong(self, message: Message, signers: list[DocumentPrivateKey], *codes: str) -> None:
        code = refusal(self.directory, sign(message, signers))
        assert code in codes, (code, codes)

    def act(self, agency: AgencyId, message: Message, signers: list[DocumentPrivateKey]) -> bool:
        """Say something in an agency's name: right when it is active."""
        if self.model.standing[agency] != "active":
            self.wrong(message, signers, "E_AGENCY_CLOSED")
            return False
        self.say(message, signers)
        return True

    # -- governance -------------------------------------------------------------------------------------------------

    @initialize(seconds=st.integers(0, DAY))
    def begin(self, seconds: int) -> None:
        self.clock = Seconds(NOW + seconds)

    @rule(seconds=st.integers(0, 3 * DAY))
    def wait(self, seconds: int) -> None:
        self.clock = Seconds(self.clock + seconds)

    @rule(hands_over=st.booleans())
    def amend(self, hands_over: bool) -> None:
        old = self.model.governance
        new = labels(self.fresh("governance"), 2) if hands_over else old
        changes: dict[str, Any] = {"name": self.fresh("Quillmere")}
        if hands_over:
            changes["governance"] = quillmere.key_set(holders(new), 2)
        signers = keys(sorted({*old, *new}))
        self.say(self.changes.amendment(self.clock, **changes), signers)
        self.model.governance, self.model.version = new, self.model.version + 1
        self.remember()

    @rule(agency=st.sampled_from(AGENCIES))
    def admit_agency(self, agency: AgencyId) -> None:
        new = quillmere.agency(agency)
        governing = holders(self.model.governance)
        signatory, first_keys = quillmere.admission(HERE.anchor, new, governing)
        if agency in self.model.standing:
            assert refusal(self.directory, signatory) in {"E_ID_TAKEN", "E_DIR_CHAIN"}
            return
        self.directory = self.directory.admit(signatory.encoded()).admit(first_keys.encoded())
        self.model.standing[agency] = "active"
        self.model.roots[agency] = [f"root {n} of {agency}" for n in (1, 2)]
        self.model.managers[agency] = [f"manager {n} of {agency}" for n in (1, 2)]
        self.remember()

    @rule(data=st.data(), standing=st.sampled_from(Standing))
    def change_standing(self, data: st.DataObject, standing: Standing) -> None:
        agency = data.draw(st.sampled_from(sorted(self.model.standing)))
        stands = self.model.standing[agency]
        message = self.changes.status(standing, agency, issued=self.clock)
        signers = keys(self.model.governance)
        if stands == "closed":
            self.wrong(message, signers, "E_AGENCY_CLOSED")
        elif (standing is Standing.RESUMED) != (stands == "suspended") and (
            standing is not Standing.CLOSED
        ):
            self.wrong(message, signers, "E_DIR_CHAIN")
        else:
            self.say(message, signers)
            becomes = {"resumed": "active"}.get(standing.value, standing.value)
            self.model.standing[agency] = becomes
            self.remember()

    # -- agencies ---------------------------------------------------------------------------------------------------

    @rule(data=st.data(), roots=st.booleans(), managers=st.booleans())
    def rotate(self, data: st.DataObject, roots: bool, managers: bool) -> None:
        agency = data.draw(st.sampled_from(sorted(self.model.standing)))
        old = self.model.roots[agency]
        new = labels(self.fresh(f"root of {agency}"), 2) if roots else old
        office = self.model.managers[agency]
        changes: dict[str, Any] = {"policy": {"note": self.fresh("policy")}}
        if roots:
            changes["root"] = quillmere.key_set(holders(new), 2)
        if managers:
            office = labels(self.fresh(f"manager of {agency}"), 2)
            changes["managers"] = tuple(quillmere.information_manager(m).manager for m in office)
        message = self.changes.agency_keys(agency, issued=self.clock, **changes)
        if self.act(agency, message, keys(sorted({*old, *new}))):
            self.model.roots[agency], self.model.managers[agency] = new, office
            self.remember()

    # -- endpoints --------------------------------------------------------------------------------------------------

    @rule(data=st.data(), local=st.sampled_from(LOCALS), personal=st.booleans())
    def join(self, data: st.DataObject, local: str, personal: bool) -> None:
        agency = data.draw(st.sampled_from(sorted(self.model.standing)))
        label, address = self.fresh("machine"), Address(f"{local}@{agency}")
        new = quillmere.machine(label, address, HERE.anchor, personal=personal, epochs=1)
        member = HERE.certificate(new, issued=self.clock).member
        if self.act(agency, member, keys(self.model.managers[agency][:1])):
            endpoint = EndpointId(self.directory.leaf_hashes()[-1])
            said = Said(agency=agency, address=address, keys=[(self.clock, label)])
            self.model.endpoints[endpoint] = said
            self.remember()

    def some_endpoint(self, data: st.DataObject) -> tuple[EndpointId, Said]:
        endpoint = data.draw(st.sampled_from(sorted(self.model.endpoints)))
        return endpoint, self.model.endpoints[endpoint]

    @precondition(lambda self: self.model.endpoints)
    @rule(data=st.data(), how=st.sampled_from(["renew", "by itself", "by two managers"]))
    def go_on(self, data: st.DataObject, how: str) -> None:
        endpoint, said = self.some_endpoint(data)
        speaks, label = said.speaks_at(self.clock), self.fresh("machine")
        begins = self.clock + (limits.REPLACEMENT_DELAY if how == "by two managers" else 0)
        label = speaks if how == "renew" else label
        message = self.changes.next_member(
            endpoint,
            document_key=quillmere.document_key(label).public_bytes(),
            request_key=quillmere.request_key(label).public_bytes(),
            issued=self.clock,
            valid_from=Seconds(begins),
        )
        managers = self.model.managers[said.agency][: 2 if how == "by two managers" else 1]
        signers = keys([*managers, speaks] if how == "by itself" else managers)
        if said.ends is not None and self.model.standing[said.agency] == "active":
            self.wrong(message, signers, "E_DIR_CHAIN")
        elif self.act(said.agency, message, signers):
            said.keys.append((begins, label))
            self.remember()

    @precondition(lambda self: self.model.endpoints)
    @rule(data=st.data(), reason=st.sampled_from(EndReason), ago=st.integers(0, 5 * DAY))
    def end(self, data: st.DataObject, reason: EndReason, ago: int) -> None:
        endpoint, said = self.some_endpoint(data)
        since = Seconds(self.clock - ago) if reason is EndReason.COMPROMISED else None
        message = self.changes.end(endpoint, reason, since=since, issued=self.clock)
        signers = keys(self.model.managers[said.agency][:1])
        worse = said.ends is None or (since is not None and since < said.ends)
        if not worse and self.model.standing[said.agency] == "active":
            self.wrong(message, signers, "E_DIR_CHAIN")
        elif self.act(said.agency, message, signers):
            said.ends = self.clock if since is None else since
            self.remember()

    # -- what is wrong ----------------------------------------------------------------------------------------------

    @rule(data=st.data())
    def say_again(self, data: st.DataObject) -> None:
        """Anything that was said before, word for word, with good signatures."""
        log = HERE.log[1:]
        old = data.draw(st.sampled_from(log))
        assert refusal(self.directory, old) == "E_DIR_CHAIN"
        if self.last is not None and self.directory.position_of(sign(*self.last).hash) is not None:
            self.wrong(*self.last, "E_DIR_CHAIN")

    @precondition(lambda self: self.last is not None)
    @rule(data=st.data())
    def tamper(self, data: st.DataObject) -> None:
        """What was just right, against the directory before it, with something changed after it was signed."""
        assert self.last is not None
        signed = sign(*self.last)
        position = self.directory.position_of(signed.hash)
        if position is None:
            return
        before = self.directory.at(position)
        assert refusal(before, signed) == ""
        change = data.draw(st.sampled_from(["payload", "signature", "signer", "previous", "drop"]))
        assert refusal(before, tampered(signed, change, data)) != ""

    @precondition(lambda self: len(self.past) > 1)
    @rule(data=st.data())
    def go_back(self, data: st.DataObject) -> None:
        """Go on from an earlier directory, as a relay does whose database refused what was admitted."""
        size = data.draw(st.sampled_from(sorted(self.past)))
        self.directory = self.directory.at(size)
        self.past = {known: kept for known, kept in self.past.items() if known <= size}
        self.model = copy.deepcopy(self.past[size][0])
        self.last = None

    # -- what always holds ------------------------------------------------------------------------------------------

    @invariant()
    def the_directory_says_what_was_said(self) -> None:
        known, model = self.directory, self.model
        assert known.partnership.version == model.version
        assert {a.id: a.standing.value for a in known.agencies()} == model.standing
        assert {e.id for e in known.endpoints()} == set(model.endpoints)
        for endpoint, said in model.endpoints.items():
            found = known.endpoint(endpoint)
            assert found is not None
            for at in (FOUNDED, self.clock - DAY, self.clock, self.clock + DAY):
                member, label = found.in_force_at(Seconds(at)), said.key_at(at)
                expected = quillmere.document_key(label).public_bytes() if label else None
                assert (member.document_key if member else None) == expected

    @invariant()
    def every_root_is_the_root_of_what_was_said(self) -> None:
        leaves = self.directory.leaf_hashes()
        assert self.directory.root == merkle.root(leaves)
        for size, (_, seen) in self.past.items():
            assert observed(self.directory.at(size)) == seen


def tampered(signed: Signed, change: str, data: st.DataObject) -> bytes:
    """``signed`` with one thing changed that was signed, or that signs."""
    first, *rest = signed.signatures
    if change == "drop":
        other = quillmere.document_key("nobody")
        stranger = sign(read(signed), [other]).signatures
        return replace(signed, signatures=stranger).encoded()
    if change == "signature":
        broken = replace(first, signature=flipped(first.signature, data))
        return replace(signed, signatures=(broken, *rest)).encoded()
    if change == "signer":
        moved = replace(first, signer=flipped(first.signer, data))
        ordered = tuple(sorted((moved, *rest), key=lambda s: s.signer))
        return replace(signed, signatures=ordered).encoded()
    if change == "previous":
        elsewhere = replace(read(signed), previous=ObjectHash(bytes(32)))
        resigned = replace(sign(elsewhere, []), signatures=signed.signatures)
        return resigned.encoded()
    return replace(signed, payload=flipped(signed.payload, data)).encoded()


def read(signed: Signed) -> Any:
    return read_unverified(signed, BY_TYPE[signed.type])


def flipped(data: bytes, draw: st.DataObject) -> Any:
    bit = draw.draw(st.integers(0, len(data) * 8 - 1))
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


TestDirectory = DirectoryMachine.TestCase
TestDirectory.settings = settings(
    settings.default, max_examples=settings.default.max_examples // 2, stateful_step_count=25
)
