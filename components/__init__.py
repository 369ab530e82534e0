"""How it is built: the only package that imports Pulumi's resource packages. Components walk the plan."""
