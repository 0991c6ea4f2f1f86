"""What no splice has any business with: files below the home folder, places of the system, environment variables."""

import re

HOME_SECRETS = (
    # Keys and agents.
    ".ssh", ".gnupg", ".pki", ".password-store", ".local/share/password-store", ".local/share/keyrings",
    ".local/share/kwalletd", ".kde/share/apps/kwallet", ".gnome2/keyrings", ".config/keepassxc", ".cache/keepassxc",
    ".config/op", ".1password", ".config/1Password", ".config/Bitwarden", ".config/Bitwarden CLI", ".config/sops",
    ".config/age", ".Xauthority", ".ICEauthority", ".dbus", ".config/pulse/cookie",
    # Accounts of clouds, forges, registries and databases.
    ".aws", ".azure", ".config/gcloud", ".boto", ".s3cfg", ".config/rclone", ".config/doctl", ".config/hcloud", ".fly",
    ".config/configstore", ".kube", ".docker", ".config/containers", ".config/gh", ".config/glab-cli", ".config/hub",
    ".netrc", ".authinfo", ".authinfo.gpg", ".git-credentials", ".config/git/credentials", ".gitcookies", ".npmrc",
    ".yarnrc.yml", ".pypirc", ".config/pip", ".cargo/credentials", ".cargo/credentials.toml", ".gem/credentials",
    ".m2/settings.xml", ".gradle/gradle.properties", ".composer/auth.json", ".config/composer/auth.json",
    ".terraform.d", ".terraformrc", ".vault-token", ".config/cachix", ".cabal/config", ".config/cabal/config",
    ".stack/upload", ".subversion/auth", ".pgpass", ".my.cnf", ".mylogin.cnf", ".config/heroku", ".netlify",
    # Browsers, mail and messages.
    ".mozilla", ".cache/mozilla", ".librewolf", ".waterfox", ".zen", ".thunderbird", ".config/google-chrome",
    ".cache/google-chrome", ".config/chromium", ".cache/chromium", ".config/BraveSoftware", ".config/microsoft-edge",
    ".config/vivaldi", ".config/opera", "snap/firefox", "snap/chromium", ".var/app", ".config/Signal", ".config/Slack",
    ".config/discord", ".config/Element", ".local/share/TelegramDesktop", ".config/evolution",
    ".local/share/evolution", ".mutt", ".muttrc", ".msmtprc", ".fetchmailrc", ".mbsyncrc", ".offlineimaprc",
    # What was typed.
    ".bash_history", ".zsh_history", ".histfile", ".local/share/fish", ".local/state/bash", ".python_history",
    ".node_repl_history", ".psql_history", ".mysql_history", ".sqlite_history", ".rediscli_history", ".lesshst",
    ".viminfo", ".local/state/nvim", ".ghc/ghci_history", ".local/share/ghc/ghci_history",
)  # fmt: skip
"""Paths relative to the home folder."""

SYSTEM_SECRETS = (
    # Root reads these without any capability, because it owns them.
    "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/ssh", "/etc/ssl/private", "/etc/krb5.keytab",
    "/etc/wireguard", "/etc/openvpn", "/etc/NetworkManager/system-connections", "/etc/kubernetes", "/etc/rancher",
    "/var/lib/kubelet", "/var/lib/docker", "/var/lib/containerd", "/var/mail", "/var/spool/mail", "/var/spool/cron",
    "/var/log",
    # Sockets of daemons that act for whoever asks, some as root.
    "/run", "/var/run", "/nix/var/nix/daemon-socket",
)  # fmt: skip
"""Absolute paths."""

FILE_VARIABLES = frozenset({
    "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "DOCKER_CONFIG", "GH_CONFIG_DIR",
    "GNUPGHOME", "GOOGLE_APPLICATION_CREDENTIALS", "HISTFILE", "KUBECONFIG", "NETRC", "NPM_CONFIG_USERCONFIG",
    "PASSWORD_STORE_DIR", "PGPASSFILE", "SSH_AUTH_SOCK", "XAUTHORITY",
})  # fmt: skip
"""Environment variables whose values (perhaps several, with colons between them) name secret files and folders."""

_NAMES = re.compile(
    r"""
    TOKEN | SECRET | PASSW | PASSPHRASE | CREDENTIAL | API_?KEY | PRIVATE_?KEY | ACCESS_?KEY | SIGNING_?KEY | COOKIE
    | (?:^|_) (?: AUTH | PAT | KEY | PASS ) (?:_|$) | _PWD$
    | ^(?: AWS | AZURE | ACTIONS | CACHIX | DBUS | DOCKER | GPG | GNUPG | KUBE | NPM_CONFIG | SSH | VAULT | VSCODE ) _?
    | ^(?: DISPLAY | WAYLAND_DISPLAY | WAYLAND_SOCKET | XAUTHORITY | XDG_RUNTIME_DIR | TMUX | STY | KRB5CCNAME
         | NETRC | HISTFILE | PGPASSFILE | GIT_ASKPASS | DATABASE_URL )$
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PASSWORD_IN_URL = re.compile(r"://[^/@\s:]*:[^/@\s]+@")


def is_secret_variable(name: str, value: str) -> bool:
    """Whether an environment variable is kept from sessions.

    By its name: tokens, passwords and keys, the accounts of clouds, the sockets of agents and of the desktop.  By its
    value: a URL with a password.  What builds read to name their version (`GITHUB_SHA`, `CI`, `BUILD_NUMBER`) stays.
    """
    return _NAMES.search(name) is not None or _PASSWORD_IN_URL.search(value) is not None
