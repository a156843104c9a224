"""Pages out of templates: everything that is not written in a template is escaped."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from importlib.resources import files
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, meta, nodes
from markupsafe import Markup

from agency_client.record.plain import plain
from agency_client.web import when
from agency_client.web.navigation import NAVIGATION, is_within

#: What /static serves, by name. Nothing else of the disk is ever served.
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
#: What few pages have.
_USUAL: Final[dict[str, Any]] = {"title": "", "problem": None}


class Renderer:
    """The templates, loaded once, and the files that pages need."""

    def __init__(self) -> None:
        self.static: Final = _static()
        self._names: Final[dict[str, frozenset[str]]] = {}
        self._environment: Final = Environment(
            loader=ChoiceLoader(
                [
                    PackageLoader("agency_client.web", "templates"),
                    PrefixLoader(
                        {"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja", "templates")}
                    ),
                ]
            ),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._environment.filters |= {
            "lasting": when.lasting,
            "moment": when.moment,
            "short_day": when.short_day,
            "day": when.day,
            "due": when.due,
            "ago": when.ago,
            "shown": plain,
            "size": when.size,
        }
        self._environment.globals |= {
            "navigation": NAVIGATION,
            "is_within": is_within,
            "static": self._static_path,
            "hidden": _hidden,
        }

    def render(self, template: str, **values: Any) -> str:
        """A page as text. Raises ValueError for a name that the template needs and nobody gave."""
        given = {**_USUAL, **values}
        if absent := self.absent(template, given.keys()):
            raise ValueError(f"{template} needs {', '.join(sorted(absent))}")
        return self._environment.get_template(template).render(given)

    def absent(self, template: str, given: Collection[str]) -> frozenset[str]:
        """What a template needs besides the names that are ``given``, and those that every page has."""
        return self._needed(template) - frozenset(given) - _USUAL.keys()

    def _needed(self, template: str) -> frozenset[str]:
        """The names that a template and those it builds on take from the page. The macros' own are not ours."""
        if template not in self._names:
            loader = self._environment.loader
            if loader is None or template.startswith("govuk_frontend_jinja/"):
                return frozenset()
            tree = self._environment.parse(loader.get_source(self._environment, template)[0])
            own = meta.find_undeclared_variables(tree) - self._environment.globals.keys()
            own -= _named_inside(tree)
            referred = [name for name in meta.find_referenced_templates(tree) if name is not None]
            self._names[template] = frozenset(own).union(*map(self._needed, referred))
        return self._names[template]

    def _static_path(self, name: str) -> str:
        return f"/static/{self.static[name][2]}/{name}"


def _named_inside(tree: nodes.Template) -> set[str]:
    """What a template imports and sets for all its blocks: the analysis looks at each block alone."""
    imported = {
        name if isinstance(name, str) else name[1]
        for each in tree.find_all(nodes.FromImport)
        for name in each.names
    }
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    assigned = {
        name.name
        for each in tree.find_all((nodes.Assign, nodes.AssignBlock))
        for name in each.find_all(nodes.Name)
        if name.ctx == "store"
    }
    return imported | macros | assigned


def _static() -> dict[str, tuple[bytes, str, str]]:
    """Content, media type and digest of each file of ``static``."""
    found: dict[str, tuple[bytes, str, str]] = {}
    for file in files("agency_client.web").joinpath("static").iterdir():
        ending = "." + file.name.rpartition(".")[2]
        if ending in _TYPES:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:16]
            found[file.name] = (content, _TYPES[ending], digest)
    return found


def _hidden(token: str) -> Markup:
    """The field that binds a form to its session."""
    return Markup('<input type="hidden" name="form_token" value="{}">').format(token)
