"""What the exit codes of `thatch` mean; the same for every subcommand."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The ways in which a command ends."""

    CLEAN = 0

    FINDINGS = 1
    """Diagnostics at or above the severity given by --fail-on."""

    USAGE = 2
    """The command line makes no sense, or names a file that no project has."""

    ENVIRONMENT = 3
    """No usable GHC, or a project whose build description does not work."""

    INTERNAL = 4
    """A mistake in thatch itself."""

    INTERRUPTED = 130
    """Ended by Ctrl-C, as the shell counts signals."""

    TERMINATED = 143
    """Ended by SIGTERM."""
