"""Packages that a node needs. Nothing is ever downloaded: what the operator did not provide is refused."""
import re
from importlib import metadata

from .node import NodeError

_REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*((?:(?:==|!=|>=|<=|<|>)\s*[0-9.]+\s*,?\s*)*)$")
_CONDITION = re.compile(r"(==|!=|>=|<=|<|>)\s*([0-9.]+)")
_HOLDS = {
    "==": lambda order: order == 0,
    "!=": lambda order: order != 0,
    ">=": lambda order: order >= 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    "<": lambda order: order < 0,
}


def check(requirements):
    """Raises NodeError `package_missing` for what is not installed or too old, `invalid_requirement` for what cannot be read.

    Understood are names with conditions on release numbers, `numpy>=1.24,<3`: no extras, addresses or markers.
    """
    for requirement in requirements:
        match = _REQUIREMENT.match(requirement.strip())
        if not match:
            raise NodeError(
                "requirement %r is not understood; write it as numpy or numpy>=1.24,<3" % requirement,
                "permanent",
                "invalid_requirement",
            )
        name, conditions = match.groups()
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            version = None
        if version is None or not all(_holds(version, *one) for one in _CONDITION.findall(conditions)):
            raise NodeError(
                "package %s is %s; packages are provided by the operator, nothing is downloaded"
                % (requirement, "not installed" if version is None else "installed as " + version),
                "permanent",
                "package_missing",
            )


def _holds(version, operator, wanted):
    have, want = _release(version), _release(wanted)
    length = max(len(have), len(want))
    have += [0] * (length - len(have))
    want += [0] * (length - len(want))
    return _HOLDS[operator]((have > want) - (have < want))


def _release(version):
    """Its leading numbers: of 1.26.0rc1 they are 1, 26, 0."""
    return [int(number) for number in re.match(r"\d*(?:\.\d+)*", version).group().split(".") if number]
