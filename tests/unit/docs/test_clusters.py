from __future__ import annotations

import re
from pathlib import Path

from spec.cluster_config import FACTS

PAGE = Path(__file__).parents[3] / "docs" / "clusters.md"


def test_the_page_lists_every_name_that_a_clusters_file_may_use() -> None:
    table = PAGE.read_text().split("| name | is |")[1].split("\n\n")[0]
    listed = [name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(listed) == sorted(FACTS)
