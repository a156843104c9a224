"""Whatever the audit record can say has words: nobody is shown a code."""

from __future__ import annotations

import re
from pathlib import Path

from agency_client.web.audit_words import action_of

_SAID = re.compile(r"\baction=((?:[^,\n()]|\n)*)")
_CODE = re.compile(r'"([a-z_]+(?:\.[a-z_]+)+)"')


def test_every_action_that_is_recorded_has_words(repository: Path) -> None:
    sources = (repository / "agency_client").rglob("*.py")
    texts = [path.read_text("utf-8") for path in sources]
    codes = {code for text in texts for said in _SAID.findall(text) for code in _CODE.findall(said)}
    assert len(codes) > 30
    assert [code for code in sorted(codes) if action_of(code) == code] == []
