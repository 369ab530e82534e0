"""What a table says about one resource type: the vocabulary of `sandbox.providers.tables`.

A resource type is data: the calls that create, read, change and delete it, what each property's change does,
and how answers become properties again. A new type is a new entry; only what no call can express is a hook.

Requests are templates (`templates.py`), paths into answers are JMESPath, names of operations and parameters
are AWS's, names of properties the provider's camelCase ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sandbox.providers.forms import PLAIN, Form

NEVER_RETURNED: Final = None
"""`Property.answer` of what AWS does not tell: it keeps the value that the state has."""

Ask = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""One operation of the type's service: its name and its parameters give its answer."""

Hook = Callable[[Ask, Mapping[str, Any]], None]
"""A step that no template expresses; it gets the resource's values."""


class _NotSet:
    """There is no such value (None is one)."""


NOT_SET: Final = _NotSet()


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request.

    `matching` also sends every property that the operation has a parameter for under the same name. `when`
    and `unless` name a value whose truth decides whether the request is made; `each` one whose items each
    make a request, as `$each`. `ignores` are error codes that mean that it is already so.
    """

    operation: str
    params: Mapping[str, Any] = field(default_factory=dict)
    matching: bool = False
    when: str = ""
    unless: str = ""
    each: str = ""
    ignores: tuple[str, ...] = ()

    def only_if(self, name: str) -> Call:
        """Made only when the value `name` is there and true."""
        return replace(self, when=name)

    def unless_set(self, name: str) -> Call:
        """Made only when the value `name` is absent or false."""
        return replace(self, unless=name)

    def for_each(self, name: str) -> Call:
        """Made for each item of the list `name`, as `$each`."""
        return replace(self, each=name)

    def ignoring(self, *codes: str) -> Call:
        """These error codes say that it is already so."""
        return replace(self, ignores=codes)


Step = Call | Hook


@dataclass(frozen=True, kw_only=True, slots=True)
class Property:
    """One input property: what its change does, and how its value is written and read.

    A change replaces the resource (`replaces`), makes the calls of `updates`, or, with neither, concerns the
    provider alone. `default` is what the real provider fills in; `initial` what AWS gives a new resource of a
    property that the creating call does not take: another value is set by `updates` right after. `answer` is
    the path of the value in what is read ("": by its own name). `allowed` limits the values that are modelled.
    With `chosen`, AWS chooses a value when the program gives none: no longer giving one changes nothing.
    `told` are members of a structure that AWS adds when the program does not give them: they are outputs, and no
    difference.

    `cloudformation` is CloudFormation's name when it is not the same; `differs` says why the table replaces
    where CloudFormation does not, or the reverse.
    """

    replaces: bool = False
    updates: tuple[Step, ...] = ()
    default: Any = NOT_SET
    initial: Any = NOT_SET
    form: Form = PLAIN
    answer: str | None = ""
    allowed: tuple[Any, ...] = ()
    chosen: bool = False
    told: tuple[str, ...] = ()
    cloudformation: str = ""
    differs: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """One reading request; `at` is where in the answer the resource is (`decode` names a member that is JSON)."""

    call: Call
    at: str = "@"
    decode: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """A state of the resource: the value at `path` of what is read is one of `values`."""

    path: str
    values: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tagging:
    """How a service writes, changes and reads tags.

    Requests see the tags as `$tags.map`, `$tags.list`, in the words of KMS `$tags.keyed`, and as S3's objects take
    them, `$tags.query`; those to remove as `$tags.keys` and `$tags.keyList`. `$tags.all` are those that the resource
    has in the end, for a service that writes them all at once. `create_params` gives them to the creating call;
    without it `put` follows it.
    `at` is their path in what is read, as a map or a list of Key and Value.
    """

    put: Call
    remove: Call
    create_params: Mapping[str, Any] = field(default_factory=dict)
    read: Read | None = None
    at: str = "Tags"


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceType:
    """One resource type of the provider.

    `id` is a path into the creating call's answer or, with a `$`, a text made of values; `import_id` how a
    user writes it for an import, when that is another text, and `found_id` then where it is in what is read.
    `noun` is the provider's word in its errors. The first of `reads` finds the resource, the others add to
    it. `autoname` is the property that gets a name when the program gives none. `replaces_source` says where
    the replacing properties come from when `cloudformation` names no type. `renewed` are outputs that any update
    changes, so that a preview does not know them. `failed` is a state that `ready` is never reached from, and
    `failure` where in what is read the reason is. `patience_s` is how long it may take to be ready or gone.
    """

    type: str
    service: str
    noun: str
    properties: Mapping[str, Property]
    create: Call
    id: str
    reads: tuple[Read, ...]
    delete: tuple[Step, ...]
    after_create: tuple[Step, ...] = ()
    ready: When | None = None
    failed: When | None = None
    failure: str = ""
    gone: When | None = None
    gone_codes: tuple[str, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    tags: Tagging | None = None
    autoname: str = ""
    renewed: tuple[str, ...] = ()
    patience_s: float = 30.0
    import_id: str = ""
    found_id: str = ""
    regional: bool = True
    cloudformation: str = ""
    replaces_source: str = ""


def call(operation: str, **params: Any) -> Call:
    """The request with just these parameters."""
    return Call(operation=operation, params=params)


def call_matching(operation: str, **params: Any) -> Call:
    """The request with these parameters and every property that has a parameter of its own name."""
    return Call(operation=operation, params=params, matching=True)


def fixed(**about: Any) -> Property:
    """A property whose change replaces the resource."""
    return Property(replaces=True, **about)


def updated(*updates: Step, **about: Any) -> Property:
    """A property that these calls change."""
    return Property(updates=updates, **about)


def local(**about: Any) -> Property:
    """A property that AWS never sees: it steers the provider."""
    return Property(answer=NEVER_RETURNED, **about)
