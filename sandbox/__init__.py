"""The local AWS: an emulator of several accounts and the stand-in providers that the Pulumi engine attaches to.

One daemon on loopback (`sandbox.daemon`), started, stopped and described by `sandbox.client`.
Nothing survives a stop. Its credentials are fakes, so a run in the sandbox cannot touch AWS.
"""
