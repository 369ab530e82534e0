"""One module a verb of `fleet`; each is imported only when its verb runs, so that `fleet --help` stays fast."""
