"""The driver: rolls the fleet's stacks out in dependency order through the Pulumi Automation API."""
